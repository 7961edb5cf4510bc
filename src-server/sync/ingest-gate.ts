/**
 * The door before the database, one in a process. It lets in batches up to a bound, and sends others away for a while; who was
 * sent away has a place in a queue, so that nobody starves because others come more often.
 *
 *     batch ──▶ room for it, and for those before it in the queue ──▶ in: counted until it is answered
 *                │ no
 *                └──▶ paused: keeps its place in the queue, and is told when its turn is likely
 */
import type { Flow } from '#sync/protocol/messages.ts';
import { CAPACITY, type Capacity, type Share, decideFlow } from './decide-flow.ts';

export type Admission =
  /** `leave` is to be called once, when the batch is answered. */
  | { readonly isIn: true; readonly leave: () => void }
  /** How long to stay away, in milliseconds. */
  | { readonly isIn: false; readonly pauseMs: number };

export interface IngestGate {
  /**
   * A terminal has connected; to be called back when it has gone.
   * @param who the connection, the same object for all its batches
   */
  enter(who: object): () => void;
  admit(who: object, bytes: number): Admission;
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

interface Place {
  /** What it brings. */
  readonly bytes: number;
  /** When it is told to come. */
  readonly due: number;
  readonly timesSentAway: number;
}

const SHORTEST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 5_000;
/** Who does not come so long after it was told to has lost its place. */
const PLACE_KEPT_MS = 5_000;
/** Who was sent away so often has its room kept also while it is away; before that it would stand empty for nobody. */
const PATIENCE = 2;
/** Weight of the newest value in a smoothed one. */
const NEWEST = 0.2;

export function createIngestGate({ capacity = CAPACITY, now, random }: IngestGateOptions): IngestGate {
  let terminals = 0;
  let batches = 0;
  let bytes = 0;
  let commitMs = 0;
  /** How long a batch is in. */
  let stayMs = 0;
  /** In the order in which they were sent away first. */
  const queue = new Map<object, Place>();

  function forgetWhoStayedAway(): void {
    for (const [who, { due }] of queue) if (due + PLACE_KEPT_MS < now()) queue.delete(who);
  }

  /** Those before it in the queue who must be let in first: their number, and what they bring. */
  function before(who: object): { readonly number: number; readonly bytes: number } {
    let number = 0;
    let theirs = 0;
    for (const [other, place] of queue) {
      if (other === who) break;
      if (place.due > now() && place.timesSentAway < PATIENCE) continue;
      number += 1;
      theirs += place.bytes;
    }
    return { number, bytes: theirs };
  }

  /** Until its turn is likely. Spread, so that those who were sent away together do not come back in step. */
  function sendAway(who: object, size: number): number {
    const free = Math.max(0, capacity.batches - batches);
    const turns = Math.max(0, before(who).number - free) + 1;
    const likely = (turns * stayMs) / capacity.batches;
    const pauseMs = Math.round(
      (0.75 + random() / 2) * Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, likely)),
    );
    const timesSentAway = (queue.get(who)?.timesSentAway ?? 0) + 1;
    queue.set(who, { bytes: size, due: now() + pauseMs, timesSentAway });
    return pauseMs;
  }

  function letIn(who: object, size: number): Admission {
    queue.delete(who);
    batches += 1;
    bytes += size;
    const began = now();
    let isIn = true;
    return {
      isIn: true,
      leave() {
        if (!isIn) return;
        isIn = false;
        batches -= 1;
        bytes -= size;
        stayMs = smooth(stayMs, now() - began);
      },
    };
  }

  return {
    enter(who) {
      terminals += 1;
      let isHere = true;
      return () => {
        if (!isHere) return;
        isHere = false;
        terminals -= 1;
        queue.delete(who);
      };
    },
    admit(who, size) {
      forgetWhoStayedAway();
      const first = before(who);
      // The room of those before it is not taken from them. One larger than all the room goes in alone.
      const fits = bytes + first.bytes + size <= capacity.bytes || (batches === 0 && first.number === 0);
      return fits && first.number < capacity.batches - batches
        ? letIn(who, size)
        : { isIn: false, pauseMs: sendAway(who, size) };
    },
    pauseAgain: (who) => sendAway(who, queue.get(who)?.bytes ?? 0),
    committed(ms) {
      commitMs = smooth(commitMs, ms);
    },
    share: () => decideFlow({ terminals, commitMs }, capacity),
    load: () => ({ batches, bytes, paused: queue.size }),
  };
}

function smooth(old: number, value: number): number {
  return old === 0 ? value : old + NEWEST * (value - old);
}

export function sameShare(a: Share, b: Share): boolean {
  return a.maxEvents === b.maxEvents && a.maxBytes === b.maxBytes && a.window === b.window;
}

export function flowOf(share: Share, pauseMs = 0): Flow {
  return { ...share, pauseMs };
}
