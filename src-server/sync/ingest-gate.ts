/**
 * The door before the database, one in a process. It lets in batches up to a bound, and sends others away for a while; who was
 * sent away has a place in a queue, so that nobody starves because others come more often.
 *
 *     batch ──▶ room, and fewer before it in the queue than places ──▶ in: counted until it is answered
 *                │ no
 *                └──▶ paused: keeps its place in the queue, and is told when its turn is likely
 */
import type { Flow } from '#sync/protocol/messages.ts';
import { CAPACITY, type Capacity, type Share, decideFlow } from './decide-flow.ts';

export interface IngestGate {
  /** A terminal has connected; to be called back when it has gone. */
  enter(): () => void;
  /**
   * @param who the connection, the same object for all its batches
   * @returns undefined when the batch is in: then `leave` must be called once; else how long to stay away, in milliseconds
   */
  admit(who: object, bytes: number): number | undefined;
  leave(bytes: number): void;
  /** For a batch behind one that was sent away: it keeps its place, and is told how long to stay away. */
  pauseAgain(who: object): number;
  /** A commit took so long, with what it waited for. */
  committed(ms: number): void;
  share(): Share;
  /** What waits for the database now. */
  load(): { readonly batches: number; readonly bytes: number; readonly paused: number };
}

export interface IngestGateOptions {
  readonly capacity?: Capacity;
  /** Milliseconds of any clock that only goes forward. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;
/** Who does not come back so long after the end of its pause has lost its place. */
const PLACE_KEPT_MS = 5_000;
/** Weight of the newest value in a smoothed one. */
const NEWEST = 0.2;

export function createIngestGate({ capacity = CAPACITY, now, random }: IngestGateOptions): IngestGate {
  let terminals = 0;
  let batches = 0;
  let bytes = 0;
  let commitMs = 0;
  /** Between two batches that were answered, while others waited. */
  let turnMs = 0;
  let lastLeft: number | undefined;
  /** In the order in which they were sent away first: until when their place is kept. */
  const queue = new Map<object, number>();

  function forgetWhoStayedAway(): void {
    for (const [who, until] of queue) if (until < now()) queue.delete(who);
  }

  function placeOf(who: object): number {
    if (!queue.has(who)) return queue.size;
    let place = 0;
    for (const other of queue.keys()) {
      if (other === who) break;
      place += 1;
    }
    return place;
  }

  function smooth(old: number, value: number): number {
    return old === 0 ? value : old + NEWEST * (value - old);
  }

  /** Until its turn is likely. Spread, so that those who were sent away together do not come back in step. */
  function sendAway(who: object, place: number): number {
    const turns = Math.max(0, place - Math.max(0, capacity.batches - batches)) + 1;
    const likely = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, turns * turnMs));
    const pauseMs = Math.round((0.75 + random() / 2) * likely);
    queue.set(who, now() + pauseMs + PLACE_KEPT_MS);
    return pauseMs;
  }

  return {
    enter() {
      terminals += 1;
      let here = true;
      return () => {
        if (here) terminals -= 1;
        here = false;
      };
    },
    admit(who, size) {
      forgetWhoStayedAway();
      const place = placeOf(who);
      const free = capacity.batches - batches;
      // One larger than all the room goes in alone.
      const fits = batches === 0 || bytes + size <= capacity.bytes;
      if (fits && place < free) {
        queue.delete(who);
        batches += 1;
        bytes += size;
        return undefined;
      }
      return sendAway(who, place);
    },
    pauseAgain: (who) => sendAway(who, placeOf(who)),
    leave(size) {
      batches -= 1;
      bytes -= size;
      if (lastLeft !== undefined && queue.size > 0) turnMs = smooth(turnMs, now() - lastLeft);
      lastLeft = now();
    },
    committed(ms) {
      commitMs = smooth(commitMs, ms);
    },
    share: () => decideFlow({ terminals, commitMs }, capacity),
    load: () => ({ batches, bytes, paused: queue.size }),
  };
}

export function sameShare(a: Share, b: Share): boolean {
  return a.maxEvents === b.maxEvents && a.maxBytes === b.maxBytes && a.window === b.window;
}

export function flowOf(share: Share, pauseMs = 0): Flow {
  return { ...share, pauseMs };
}
