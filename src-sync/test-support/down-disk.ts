/** What the way down has on a till's disk, in memory. It outlives the till that works with it. */
import { type InstallOptions, type Mirror, SnapshotRefused } from '../down/mirror.ts';
import type { ChangesPage, SnapshotOffer } from '../protocol/changes.ts';
import { type Stock, sha256, snapshotContentSchema } from './down-server.ts';

/** Told before anything changes. */
export interface DiskWatch {
  readonly onPage: (page: ChangesPage, cursor: string | null) => void;
  readonly onPiece: (bytes: Uint8Array) => void;
  readonly onOffer: (offer: SnapshotOffer) => void;
  readonly seen: (what: string) => void;
  /** One of the short transactions in which a snapshot is read. */
  readonly step: () => Promise<void>;
}

export class DownDisk {
  cursor: string | null = null;
  stock: Stock = new Map();
  /** The next page finds no room. */
  isFull = false;
  private readonly files = new Map<string, readonly number[]>();

  /** The disk as one till has it in its hands. */
  mirror(watch: DiskWatch): Mirror {
    return {
      cursor: () => this.cursor,
      applyPage: (page) => this.applyPage(page, watch),
      received: (offer) => {
        watch.onOffer(offer);
        for (const other of this.files.keys()) if (other !== offer.sha256) this.files.delete(other);
        return this.files.get(offer.sha256)?.length ?? 0;
      },
      receive: ({ sha256: name }, bytes) => {
        watch.onPiece(bytes);
        this.files.set(name, [...(this.files.get(name) ?? []), ...bytes]);
      },
      install: (offer, options) => this.install(offer, options, watch),
    };
  }

  private applyPage(page: ChangesPage, watch: DiskWatch): void {
    watch.onPage(page, this.cursor);
    if (this.isFull) {
      this.isFull = false;
      watch.seen('a page without room');
      throw new Error('The disk is full.');
    }
    const told = page.stock.map(({ sku, quantity }) => [sku, quantity] as const);
    this.stock = new Map([...this.stock, ...told]);
    this.cursor = page.to;
    watch.seen(page.more ? 'a page of several' : 'a page');
  }

  private async install(
    offer: SnapshotOffer,
    { signal, onProgress }: InstallOptions,
    watch: DiskWatch,
  ): Promise<void> {
    const bytes = Buffer.from(this.files.get(offer.sha256) ?? []);
    for (const half of [1, 2]) {
      if (signal.aborted) return;
      await watch.step();
      onProgress(half);
    }
    if (signal.aborted) return;
    this.files.delete(offer.sha256);
    if (sha256(bytes) !== offer.sha256) {
      watch.seen('a refused snapshot');
      throw new SnapshotRefused('The snapshot was altered on its way.');
    }
    const { stock } = snapshotContentSchema.parse(JSON.parse(bytes.toString()));
    this.stock = new Map(stock);
    watch.seen(this.cursor === null ? 'a first snapshot' : 'another snapshot');
    this.cursor = offer.cursor;
  }
}
