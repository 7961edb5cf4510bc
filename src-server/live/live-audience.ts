/**
 * Connected terminals, as those speak to them who follow the log for them (`live-catalogue.ts`, `live-stock.ts`). Each of these
 * runs in one process at a time, whichever process took the sale; socket.io's adapter carries its messages to the terminals
 * of the others.
 *
 * They send inside their transaction: at least once, and before it is known whether the position is kept. Both are harmless,
 * because a message says how things are, of what was committed before the transaction read it.
 */
import { type LiveChangedOnWire, MAX_LIVE_RECORDS } from '#sync/protocol/live-messages.ts';

/** The connected terminals, of all processes. Never throws and never waits. */
export interface LiveAudience {
  tellLocation(locationId: string, message: LiveChangedOnWire): void;
  tellAll(message: LiveChangedOnWire): void;
  /** What these must know has changed: they pull it. */
  wakeLocation(locationId: string): void;
  wakeAll(): void;
}

/** What fits into one message. */
export function* chunksOf<Value>(values: readonly Value[]): Generator<readonly Value[]> {
  for (let from = 0; from < values.length; from += MAX_LIVE_RECORDS) {
    yield values.slice(from, from + MAX_LIVE_RECORDS);
  }
}
