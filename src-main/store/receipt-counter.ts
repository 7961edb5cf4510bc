/** The number of the last receipt. Each PC that ever was this terminal has a million of them to itself: its epoch says which. */
import type { WriteHandle } from './handles.ts';

const RECEIPTS_PER_EPOCH = 1_000_000;

export function firstReceiptOf(epoch: number): number {
  return (epoch - 1) * RECEIPTS_PER_EPOCH + 1;
}

export function setLastReceipt({ connection }: WriteHandle, last: number): void {
  connection
    .prepare(
      "INSERT INTO counters (name, value) VALUES ('receipt', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .run(last);
}

/** Leaves out so many numbers. */
export function skipReceipts({ connection }: WriteHandle, count: number): void {
  connection
    .prepare(
      "INSERT INTO counters (name, value) VALUES ('receipt', ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
    )
    .run(count);
}
