import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { createCallRelay } from './call-relay.ts';
import type { ToTerminal } from './terminal-messages.ts';

afterEach(() => {
  vi.useRealTimers();
});

const lost = {
  ok: false,
  error: expect.objectContaining({ code: 'connection_lost', retry: 'now' }) as unknown,
};

function connected(answerMs?: number) {
  const relay = createCallRelay(answerMs);
  const ids: number[] = [];
  const send = (message: ToTerminal): void => {
    if (message.kind === 'call') ids.push(message.id);
  };
  relay.connect(send);
  return { relay, ids, send };
}

test('each call gets its own answer, in whatever order the answers come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }).chain((count) =>
        fc.shuffledSubarray(
          Array.from({ length: count }, (_, index) => index),
          { minLength: count },
        ),
      ),
      async (order) => {
        const { relay, ids } = connected();
        const calls = order.map((_, index) => relay.call('status.get', { index }));
        for (const index of order) relay.answer(ids[index] ?? -1, { ok: true, reply: index });
        const outcomes = await Promise.all(calls);
        expect(outcomes).toEqual(order.map((_, index) => ({ ok: true, reply: index })));
      },
    ),
  );
});

test('a terminal that dies settles every outstanding call as lost', async () => {
  const { relay } = connected();
  const calls = [relay.call('sale.get', {}), relay.call('sale.scan', { code: '1' })];
  relay.disconnect();
  expect(await Promise.all(calls)).toEqual([lost, lost]);
});

test('a call without a terminal is lost at once, and one after the next start is not', async () => {
  const { relay, ids, send } = connected();
  relay.disconnect();
  expect(await relay.call('sale.get', {})).toEqual(lost);
  relay.connect(send);
  const call = relay.call('sale.get', {});
  relay.answer(ids.at(-1) ?? -1, { ok: true, reply: 'sale' });
  expect(await call).toEqual({ ok: true, reply: 'sale' });
});

test('a late answer of a dead terminal fits no call of its successor', async () => {
  const { relay, ids, send } = connected();
  const first = relay.call('sale.get', {});
  relay.disconnect();
  relay.connect(send);
  const second = relay.call('sale.get', {});
  relay.answer(ids[0] ?? -1, { ok: true, reply: 'old' });
  relay.answer(ids[1] ?? -1, { ok: true, reply: 'new' });
  expect(await first).toEqual(lost);
  expect(await second).toEqual({ ok: true, reply: 'new' });
});

test('a terminal that never answers is given up, and its answer afterwards is dropped', async () => {
  vi.useFakeTimers();
  const { relay, ids } = connected(30_000);
  const call = relay.call('sale.get', {});
  vi.advanceTimersByTime(30_000);
  expect(await call).toEqual(lost);
  relay.answer(ids[0] ?? -1, { ok: true, reply: 'late' });
  expect(await call).toEqual(lost);
});

test('a line that refuses the message loses that call and no other', async () => {
  const relay = createCallRelay();
  relay.connect(() => {
    throw new Error('cannot be cloned');
  });
  expect(await relay.call('sale.get', {})).toEqual(lost);
});
