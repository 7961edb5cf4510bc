/** A server that tells changes, in memory: its log, what it answers from it, and how it can go wrong. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type {
  ChangesPage,
  ChangesPullAnswer,
  SnapshotOffer,
  SnapshotPrepareReply,
} from '../protocol/changes.ts';

/** What it does with whatever it is asked next. */
export type Mood = 'well' | 'unavailable' | 'nonsense' | 'broken';

export type Stock = ReadonlyMap<string, number>;

interface Change {
  readonly sku: string;
  readonly quantity: number;
}

type Unavailable = { readonly ok: false; readonly code: 'unavailable'; readonly message: string };

const PAGE = 3;
const SKUS = ['A', 'B', 'C', 'D', 'E'] as const;

export class DownServer {
  mood: Mood = 'well';
  /** The next piece of a download is the last that comes. */
  breaksDownload = false;
  /** The next download has a wrong byte in it. */
  spoilsDownload = false;
  /** It knows no way on from any cursor. */
  forgetsAll = false;
  private history = 1;
  private log: Change[] = [];
  /** Of the log, what no page tells any more. */
  private trimmed = 0;
  private readonly behind = new WeakMap<ChangesPage, string | null>();
  private readonly offered = new Map<string, Buffer>();

  change(): void {
    const sku = SKUS[(this.log.length * 7 + this.history) % SKUS.length] ?? 'A';
    this.log.push({ sku, quantity: this.log.length + 100 * this.history });
  }

  /** From an older backup: what it tells from here is another history. */
  restore(share: number): void {
    this.history += 1;
    this.log = this.log.slice(0, Math.floor(this.log.length * share));
    this.trimmed = Math.min(this.trimmed, this.log.length);
  }

  trim(): void {
    this.trimmed = this.log.length;
  }

  goWell(): void {
    this.mood = 'well';
    this.forgetsAll = false;
    this.breaksDownload = false;
    this.spoilsDownload = false;
  }

  cursor(): string {
    return this.cursorAt(this.log.length);
  }

  stock(): Stock {
    return stockOf(this.log);
  }

  /** The answer as it is made now; what happens behind that is not in it any more. It is read, or thrown, when it has come. */
  pull(after: string | null): () => ChangesPullAnswer {
    return this.answer(() => this.page(after));
  }

  prepare(): () => SnapshotPrepareReply {
    return this.answer(() => ({ ok: true as const, ...this.offer() }));
  }

  /** Where a page of its own begins. */
  beginOf(page: ChangesPage): string | null | undefined {
    return this.behind.get(page);
  }

  /** The file as the next download brings it, from a byte on. */
  file(offer: SnapshotOffer, from: number): Uint8Array {
    const whole = Buffer.from(this.offered.get(offer.sha256) ?? '');
    if (this.spoilsDownload) whole.writeUInt8(whole.readUInt8(from) ^ 1, from);
    this.spoilsDownload = false;
    return whole.subarray(from);
  }

  private answer<Reply>(reply: () => Reply): () => Reply | Unavailable {
    switch (this.mood) {
      case 'well': {
        const made = reply();
        return () => made;
      }
      case 'unavailable':
        return () => ({ ok: false, code: 'unavailable', message: 'Not now.' });
      case 'nonsense':
        return () => z.never().parse('nonsense');
      default:
        return () => {
          throw new Error('The server stays silent.');
        };
    }
  }

  private page(after: string | null): ChangesPullAnswer {
    const [history, position] = (after ?? '0:0').split(':').map(Number);
    const from = position ?? 0;
    if (this.forgetsAll || history !== this.history || from < this.trimmed || from > this.log.length) {
      return { ok: false, code: 'snapshot_needed', message: 'No way leads from there to here.' };
    }
    const told = this.log.slice(from, from + PAGE);
    const page = {
      ok: true as const,
      to: this.cursorAt(from + told.length),
      more: from + told.length < this.log.length,
      merchandise_codes: [],
      items: [],
      promotions: [],
      staff: [],
      settings: null,
      stock: told.map(({ sku, quantity }) => ({ sku, quantity, reserved: 0 })),
      stock_through: 0,
    };
    this.behind.set(page, after);
    return page;
  }

  private offer(): SnapshotOffer {
    const bytes = Buffer.from(JSON.stringify({ history: this.history, stock: [...stockOf(this.log)] }));
    const offer = {
      path: '/api/snapshots/one',
      bytes: bytes.byteLength,
      sha256: sha256(bytes),
      cursor: this.cursor(),
      records: 1,
    };
    this.offered.set(offer.sha256, bytes);
    return offer;
  }

  private cursorAt(position: number): string {
    return `${this.history}:${position}`;
  }
}

export const snapshotContentSchema = z.object({ stock: z.array(z.tuple([z.string(), z.number()])) });

function stockOf(log: readonly Change[]): Map<string, number> {
  return new Map(log.map(({ sku, quantity }) => [sku, quantity]));
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
