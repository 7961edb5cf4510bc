/**
 * What each terminal may send, so that all of them together keep within what one process holds in memory and the database
 * takes. Few terminals and quick commits: full batches, many under way. A thousand that come back after an outage, or a slow
 * disk: small ones, one at a time.
 */
import { type Flow, MAX_BATCH_BYTES, MAX_BATCH_EVENTS, MAX_WINDOW } from '#sync/protocol/messages.ts';

/** What may wait for the database in one process, over all terminals. */
export interface Capacity {
  readonly batches: number;
  /** Length of their texts. In memory a batch takes a few times as much. */
  readonly bytes: number;
}

export const CAPACITY: Capacity = { batches: 64, bytes: 32_000_000 };

export interface IngestLoad {
  /** Connected to this process. */
  readonly terminals: number;
  /** How long a commit takes lately, in milliseconds; 0 before the first. */
  readonly commitMs: number;
}

export type Share = Omit<Flow, 'pauseMs'>;

/** A commit that takes longer is made smaller. */
const QUICK_COMMIT_MS = 1_000;
/** Below these a batch costs more in its commit than in its events. */
const FEWEST_EVENTS = 50;
const FEWEST_BYTES = 50_000;

export function decideFlow({ terminals, commitMs }: IngestLoad, capacity: Capacity = CAPACITY): Share {
  const each = capacity.batches / Math.max(1, terminals);
  const pace = Math.min(1, QUICK_COMMIT_MS / Math.max(1, commitMs));
  const window = clamp(each * pace, 1, MAX_WINDOW);
  // Of one batch, when there are more terminals than batches.
  const part = Math.min(1, each) * pace;
  return {
    window,
    maxEvents: clamp(MAX_BATCH_EVENTS * part, FEWEST_EVENTS, MAX_BATCH_EVENTS),
    maxBytes: clamp(
      Math.min(MAX_BATCH_BYTES * pace, capacity.bytes / (Math.max(1, terminals) * window)),
      FEWEST_BYTES,
      MAX_BATCH_BYTES,
    ),
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.floor(value)));
}
