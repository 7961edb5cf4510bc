/**
 * The requests of one terminal, answered in their order. Batches that wait while one is stored go together into the next
 * transaction: a backlog then pays for its locks, its stock rows and its sync of the disk once for several batches.
 */
import type { PushReply } from '#sync/protocol/messages.ts';
import type { CheckedEvent } from '../ingest/check-batch.ts';

export interface WaitingBatch {
  readonly checked: readonly CheckedEvent[];
  readonly answer: (reply: PushReply) => void;
}

export interface RequestLine {
  /** To be stored and answered behind everything that was added before. */
  addBatch(batch: WaitingBatch): void;
  /** Anything else, likewise. What is behind it is not stored together with what was before it. */
  addWork(work: () => Promise<void>): void;
  /** How many are not answered yet. */
  length(): number;
}

export interface RequestLineOptions {
  /** Never rejects. */
  readonly store: (events: readonly CheckedEvent[]) => Promise<PushReply>;
  /** Told of work that rejects: the others go on. */
  readonly onFailure: (error: unknown) => void;
  /** Told of each run from the first request to the last: a closing server waits for it. */
  readonly track: (run: Promise<void>) => void;
}

/** Bounds how long the terminal's row is locked, and what is in memory twice. */
const MOST_TOGETHER = 4;

type Entry = WaitingBatch | { readonly work: () => Promise<void> };

export function requestLine({ store, onFailure, track }: RequestLineOptions): RequestLine {
  let waiting: Entry[] = [];
  let underWay = 0;
  let running = false;

  function add(entry: Entry): void {
    waiting.push(entry);
    if (running) return;
    running = true;
    track(run());
  }

  async function run(): Promise<void> {
    // In a microtask: what came in one read of the socket is there when the first of it is taken.
    await Promise.resolve();
    for (let group = take(); group.length > 0; group = take()) {
      underWay = group.length;
      const [first] = group;
      if (first !== undefined && 'work' in first) await first.work().catch(onFailure);
      else await storeGroup(group.filter((entry) => 'checked' in entry));
      underWay = 0;
    }
    running = false;
  }

  /** One piece of work, or batches that continue each other. */
  function take(): readonly Entry[] {
    let size = 0;
    for (const entry of waiting) {
      const before = waiting[size - 1];
      if (size === MOST_TOGETHER || (before !== undefined && !continues(before, entry))) break;
      size += 1;
    }
    const group = waiting.slice(0, size);
    waiting = waiting.slice(size);
    return group;
  }

  async function storeGroup(group: readonly WaitingBatch[]): Promise<void> {
    const reply = await store(group.flatMap(({ checked }) => checked));
    if (reply.ok || reply.code === 'unavailable' || group.length === 1) {
      for (const batch of group) batch.answer(reply.ok ? answerOf(batch, group, reply) : reply);
      return;
    }
    // One of them is refused, and the others must not suffer for it.
    for (const batch of group) batch.answer(await store(batch.checked));
  }

  return {
    addBatch: add,
    addWork: (work) => {
      add({ work });
    },
    length: () => waiting.length + underWay,
  };
}

/** Each batch was proven by itself; this is the seam between two of them. */
function continues(before: Entry, after: Entry): boolean {
  if ('work' in before || 'work' in after) return false;
  const last = before.checked.at(-1)?.record;
  const first = after.checked[0]?.record;
  return last !== undefined && first?.seq === last.seq + 1 && first.prevHash === last.hash;
}

/** Through the batch's own end, or further where the server had more already. */
function answerOf(
  batch: WaitingBatch,
  group: readonly WaitingBatch[],
  reply: Extract<PushReply, { ok: true }>,
): PushReply {
  const endOf = (one: WaitingBatch | undefined) => one?.checked.at(-1)?.record.seq ?? 0;
  return reply.ackedThrough > endOf(group.at(-1)) ? reply : { ...reply, ackedThrough: endOf(batch) };
}
