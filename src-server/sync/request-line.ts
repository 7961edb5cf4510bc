/**
 * The requests of one terminal, answered in their order. While a batch is stored the next ones are checked, and those that are
 * ready by then go together into the next transaction: a backlog then pays for its locks, its stock rows and its sync of the
 * disk once for several batches.
 *
 *     arrived ──▶ checked, one by one ──▶ ready ──▶ stored, up to four together ──▶ answered
 */
import type { PushReply } from '#sync/protocol/messages.ts';
import type { CheckedEvent, Refusal } from '../ingest/check-batch.ts';

export interface WaitingBatch {
  /** Its events, or why it is refused. Never rejects. */
  readonly check: () => Promise<readonly CheckedEvent[] | Refusal>;
  readonly answer: (reply: PushReply) => void;
}

export interface RequestLine {
  /** To be checked, stored and answered behind everything that was added before. */
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

interface CheckedBatch {
  readonly checked: readonly CheckedEvent[];
  readonly answer: (reply: PushReply) => void;
}

interface Work {
  readonly work: () => Promise<void>;
}

type Entry = CheckedBatch | Work;

export function requestLine({ store, onFailure, track }: RequestLineOptions): RequestLine {
  /** Until it is checked, and with it the one that is under check. */
  const arrived: (WaitingBatch | Work)[] = [];
  let waiting: Entry[] = [];
  let underWay = 0;
  let running = false;

  function arrive(request: WaitingBatch | Work): void {
    arrived.push(request);
    // Behind others it is their run that comes to it.
    if (arrived.length === 1) track(checkAll());
  }

  async function checkAll(): Promise<void> {
    for (let [request] = arrived; request !== undefined; [request] = arrived) {
      const entry = 'work' in request ? request : await toEntry(request);
      arrived.shift();
      add(entry);
    }
  }

  async function toEntry({ check, answer }: WaitingBatch): Promise<Entry> {
    const checked = await check();
    return 'ok' in checked ? { work: async () => answer(checked) } : { checked, answer };
  }

  function add(entry: Entry): void {
    waiting.push(entry);
    if (running) return;
    running = true;
    track(run());
  }

  async function run(): Promise<void> {
    // In a microtask: what came together is there when the first of it is taken.
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

  async function storeGroup(group: readonly CheckedBatch[]): Promise<void> {
    const reply = await store(group.flatMap(({ checked }) => checked));
    if (reply.ok || reply.code === 'unavailable' || group.length === 1) {
      for (const batch of group) batch.answer(reply.ok ? answerOf(batch, group, reply) : reply);
      return;
    }
    // One of them is refused, and the others must not suffer for it.
    for (const batch of group) batch.answer(await store(batch.checked));
  }

  return {
    addBatch: arrive,
    addWork: (work) => {
      arrive({ work });
    },
    length: () => arrived.length + waiting.length + underWay,
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
  batch: CheckedBatch,
  group: readonly CheckedBatch[],
  reply: Extract<PushReply, { ok: true }>,
): PushReply {
  const endOf = (one: CheckedBatch | undefined) => one?.checked.at(-1)?.record.seq ?? 0;
  return reply.ackedThrough > endOf(group.at(-1)) ? reply : { ...reply, ackedThrough: endOf(batch) };
}
