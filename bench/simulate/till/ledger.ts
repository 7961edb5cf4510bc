/**
 * What the simulation itself knows of a till, whatever the till believes: the events that it committed, and what must stand
 * on its shelf list. Goes back with the till's disk when that is put back.
 */
import type { EventRecord } from '#domain/events/event-record.ts';
import { inventoryUpdatedDataSchema } from '#domain/events/event-wire.ts';
import type { TillDisk } from './disk.ts';

interface Movement {
  readonly sku: string;
  readonly change: number;
  readonly seq: number;
}

/** The server's last word on one SKU, and up to which event of the till it goes. */
interface Told {
  readonly quantity: number;
  readonly through: number;
}

export class TillLedger {
  /** Ids of the events that this till committed and that are not lost with a disk. */
  readonly written = new Set<string>();
  private lastRow = 0;
  private told = new Map<string, Told>();
  /** Movements that came back with the till's own history: the figure takes no notice of them until the server tells it anew. */
  private cameBack = new Map<number, string>();

  copy(): TillLedger {
    const copy = new TillLedger();
    for (const id of this.written) copy.written.add(id);
    copy.lastRow = this.lastRow;
    copy.told = new Map(this.told);
    copy.cameBack = new Map(this.cameBack);
    return copy;
  }

  /** After a commit: what is new in the log. */
  readLog(disk: TillDisk): number {
    const rows = disk.look<{ readonly id: number; readonly event_id: string }>(
      'SELECT id, event_id FROM event_log WHERE id > ? ORDER BY id',
      this.lastRow,
    );
    for (const { id, event_id } of rows) {
      this.lastRow = id;
      this.written.add(event_id);
    }
    return rows.length;
  }

  /** The till's disk was put back, or the server's: what neither of them has is lost with the disks. */
  keepOnly(known: ReadonlySet<string>): void {
    for (const id of this.written) if (!known.has(id)) this.written.delete(id);
  }

  toldStock(figures: readonly { readonly sku: string; readonly quantity: number }[], through: number): void {
    for (const { sku, quantity } of figures) {
      this.told.set(sku, { quantity, through });
      for (const [seq, other] of this.cameBack) if (other === sku) this.cameBack.delete(seq);
    }
  }

  /** A snapshot: what it does not name is not on the shelf. */
  toldAllStock(
    figures: readonly { readonly sku: string; readonly quantity: number }[],
    through: number,
  ): void {
    const named = new Set(figures.map(({ sku }) => sku));
    const others = [...this.told.keys()].filter((sku) => !named.has(sku));
    this.toldStock(
      others.map((sku) => ({ sku, quantity: 0 })),
      through,
    );
    this.toldStock(figures, through);
  }

  restored(events: readonly EventRecord[]): void {
    for (const event of events) {
      if (event.eventType !== 'inventory.updated') continue;
      this.cameBack.set(event.seq, inventoryUpdatedDataSchema.parse(JSON.parse(event.payload)).sku);
    }
  }

  /** What must stand in the till's stock, by SKU, beside what does stand there; those that differ only. */
  wrongStock(disk: TillDisk): readonly string[] {
    const expected = new Map([...this.told].map(([sku, { quantity }]) => [sku, quantity]));
    const movements = disk.look<Movement>('SELECT sku, change, seq FROM stock_movements');
    for (const { sku, change, seq } of movements) {
      if (seq <= (this.told.get(sku)?.through ?? 0) || this.cameBack.has(seq)) continue;
      expected.set(sku, (expected.get(sku) ?? 0) + change);
    }
    const found = new Map(
      disk
        .look<{ readonly sku: string; readonly quantity: number }>('SELECT sku, quantity FROM stock')
        .map(({ sku, quantity }) => [sku, quantity]),
    );
    return [...new Set([...expected.keys(), ...found.keys()])].flatMap((sku) => {
      const should = expected.get(sku) ?? 0;
      const does = found.get(sku) ?? 0;
      return should === does ? [] : [`${sku} stands at ${does} instead of ${should}`];
    });
  }
}
