import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { PushReply } from '#sync/protocol/messages.ts';
import { type CheckedEvent, refuse } from '../ingest/check-batch.ts';
import { eventSource } from '../test-support/sale-events.ts';
import { requestLine } from './request-line.ts';

/** Batches of one sale each, of one terminal, in order. */
function batches(count: number): (readonly CheckedEvent[])[] {
  const till = eventSource();
  return Array.from({ length: count }, () =>
    till.sale(1).map((record) => ({ kind: 'storable', record, stock: undefined })),
  );
}

const endOf = (events: readonly CheckedEvent[] | undefined) => events?.at(-1)?.record.seq ?? 0;
const seqsOf = (events: readonly CheckedEvent[]) => events.map(({ record }) => record.seq);

function lineOf(decide?: (events: readonly CheckedEvent[]) => PushReply | undefined) {
  const stored: number[][] = [];
  const replies: (PushReply | undefined)[] = [];
  const failures: unknown[] = [];
  const runs: Promise<void>[] = [];
  const line = requestLine({
    store: async (events) => {
      stored.push(seqsOf(events));
      return decide?.(events) ?? { ok: true, ackedThrough: endOf(events) };
    },
    onFailure: (error) => failures.push(error),
    track: (run) => runs.push(run),
  });
  const add = (checked: readonly CheckedEvent[]) => {
    const place = replies.push(undefined) - 1;
    line.addBatch({
      check: async () => checked,
      answer: (reply) => {
        replies[place] = reply;
      },
    });
  };
  return {
    line,
    stored,
    replies,
    failures,
    add,
    /** What is added behind it is checked by the time it is over, and waits together. */
    hold: () => line.addWork(() => nextTurn()),
    idle: async () => {
      while (line.length() > 0) await Promise.all(runs);
    },
  };
}

describe("a terminal's line of requests", () => {
  it('stores what waits together, in order, and answers each through its own end', async () => {
    const { line, stored, replies, add, hold, idle } = lineOf();
    const three = batches(3);
    hold();
    for (const batch of three) add(batch);
    expect(line.length()).toBe(4);
    await idle();
    expect(stored).toEqual([three.flatMap(seqsOf)]);
    expect(replies).toEqual(three.map((batch) => ({ ok: true, ackedThrough: endOf(batch) })));
    expect(line.length()).toBe(0);
  });

  it('stores no more than four batches together, and goes on with the rest', async () => {
    const { stored, add, hold, idle } = lineOf();
    const six = batches(6);
    hold();
    for (const batch of six) add(batch);
    await idle();
    expect(stored).toEqual([six.slice(0, 4).flatMap(seqsOf), six.slice(4).flatMap(seqsOf)]);
  });

  it('counts as unanswered what is under way, and not what was answered', async () => {
    const { line, add, idle } = lineOf();
    for (const batch of batches(6)) add(batch);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    expect(line.length()).toBe(6);
    await idle();
    for (const batch of batches(3)) add(batch);
    expect(line.length()).toBe(3);
    await idle();
  });

  it('keeps apart what does not continue: a gap, the same again, another history', async () => {
    const [first = [], , third = []] = batches(3);
    const foreign = batches(2)[1] ?? [];
    for (const other of [third, first, foreign]) {
      const { stored, add, idle } = lineOf();
      add(first);
      add(other);
      await idle();
      expect(stored).toEqual([seqsOf(first), seqsOf(other)]);
    }
  });

  it('answers other requests in their order, and goes on when one of them fails', async () => {
    const { line, stored, failures, add, idle } = lineOf();
    const [first = [], second = []] = batches(2);
    const done: string[] = [];
    add(first);
    line.addWork(async () => {
      done.push(`after ${stored.length}`);
      throw new Error('dies here');
    });
    add(second);
    await idle();
    expect(stored).toEqual([seqsOf(first), seqsOf(second)]);
    expect(done).toEqual(['after 1']);
    expect(failures).toHaveLength(1);
  });

  it('stores each by itself when they are refused together, so that only the bad one is', async () => {
    const three = batches(3);
    const bad = three[1] ?? [];
    const { replies, stored, add, hold, idle } = lineOf((events) =>
      events.some((event) => bad.includes(event)) ? refuse('malformed', 'cannot be stored') : undefined,
    );
    hold();
    for (const batch of three) add(batch);
    await idle();
    expect(replies).toMatchObject([
      { ok: true },
      { ok: false, code: 'malformed' },
      { ok: true, ackedThrough: endOf(three[2]) },
    ]);
    expect(stored).toHaveLength(4);
  });

  it('does not try each by itself when the database is away', async () => {
    const { stored, replies, add, hold, idle } = lineOf(() => refuse('unavailable', 'away'));
    hold();
    for (const batch of batches(3)) add(batch);
    await idle();
    expect(stored).toHaveLength(1);
    expect(replies).toMatchObject(Array.from({ length: 3 }, () => ({ ok: false, code: 'unavailable' })));
  });

  it('checks one batch at a time', async () => {
    const [first = [], second = [], third = []] = batches(3);
    const { line, stored, add, idle } = lineOf();
    let underCheck = 0;
    let mostUnderCheck = 0;
    const seen: number[] = [];
    const slowly = (checked: readonly CheckedEvent[]) =>
      line.addBatch({
        async check() {
          underCheck += 1;
          mostUnderCheck = Math.max(mostUnderCheck, underCheck);
          seen.push(endOf(checked));
          await nextTurn();
          underCheck -= 1;
          return checked;
        },
        answer: () => undefined,
      });
    add(first);
    slowly(second);
    slowly(third);
    await idle();
    expect(mostUnderCheck).toBe(1);
    expect(seen).toEqual([endOf(second), endOf(third)]);
    expect(stored.flat()).toEqual([first, second, third].flatMap(seqsOf));
  });

  it('answers what the check refuses in its turn, behind what came before it, and stores nothing of it', async () => {
    const [first = [], second = []] = batches(2);
    const { line, stored, replies, add, idle } = lineOf();
    const answers: string[] = [];
    add(first);
    line.addBatch({
      check: async () => refuse('chain_broken', 'not whole'),
      answer: (reply) => {
        answers.push(`${reply.ok ? 'ok' : reply.code} behind ${stored.length}`);
      },
    });
    add(second);
    await idle();
    expect(answers).toEqual(['chain_broken behind 1']);
    expect(stored).toEqual([seqsOf(first), seqsOf(second)]);
    expect(replies).toMatchObject([{ ok: true }, { ok: true }]);
  });

  it('passes on that the server had more already', async () => {
    const { replies, add, idle } = lineOf(() => ({ ok: true, ackedThrough: 900 }));
    for (const batch of batches(2)) add(batch);
    await idle();
    expect(replies).toEqual(Array.from({ length: 2 }, () => ({ ok: true, ackedThrough: 900 })));
  });
});
