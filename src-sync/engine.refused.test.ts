import { describe, expect, test } from 'vitest';
import { turn } from './test-support/manual-timers.ts';
import { memoryOutbox } from './test-support/memory-outbox.ts';
import { testTill } from './test-support/test-engine.ts';

describe('a connection that is refused', () => {
  test.each([
    ['unauthorized', 'unauthorized', /does not accept this till as T1.*sells on.*Call IT/],
    ['protocol_unsupported', 'protocol_unsupported', /sells on.*Update the older one/],
    ['malformed_handshake', 'not_understood', /do not understand each other.*sells on/],
  ] as const)('as %s: a person must look, asked again within the minute', async (code, refusal, words) => {
    const { server, engine, up, timers, deliverAll } = testTill();
    server.refuseOpening({ code, message: 'It says no.' }, 'It says no.');
    engine.start();
    await turn();
    expect(up()).toMatchObject({ state: 'refused', refusal });
    expect(up().problem).toMatch(words);
    expect(up().problem).toContain('It says no.');
    expect(timers.delays()).toEqual([45_000]);
    timers.fire();
    await turn();
    expect(up()).toMatchObject({ state: 'connecting', refusal });
    await deliverAll();
    expect(up()).toMatchObject({ state: 'live', problem: null, refusal: null, offlineSince: null });
  });

  test('to a whole fleet: it does not come back in step', async () => {
    const chances = [0, 0.25, 0.5, 0.75, 0.999_999];
    const delays: number[] = [];
    for (const chance of chances) {
      const { server, engine, timers } = testTill({ chance });
      server.refuseOpening({ code: 'protocol_unsupported', message: 'Update.' }, 'Update.');
      engine.start();
      await turn();
      delays.push(...timers.delays());
    }
    expect(delays).toEqual([30_000, 37_500, 45_000, 52_500, 59_999]);
  });

  test('and then not even opened: only the last is told', async () => {
    const { server, engine, up, timers } = testTill();
    server.refuseOpening({ code: 'unauthorized', message: 'No.' }, 'No.');
    server.refuseOpening(null, 'No answer.');
    engine.start();
    await turn();
    timers.fire();
    await turn();
    expect(up()).toMatchObject({ state: 'offline', problem: 'No answer.', refusal: null });
  });
});

describe('a push that is refused', () => {
  test.each([
    ['chain_broken', 'forked'],
    ['malformed', 'not_understood'],
    ['wrong_terminal', 'unauthorized'],
  ] as const)('as %s: a person must look, the cursor stays', async (code, refusal) => {
    const { outbox, server, engine, up, timers, next } = testTill();
    outbox.append(1);
    engine.start();
    (await next()).deliver();
    (await next()).answer({ ok: false, code, message: `It is ${code}.` });
    await turn();
    expect(up()).toMatchObject({ state: 'refused', ackedThrough: 0, refusal });
    expect(up().problem).toContain(`It is ${code}.`);
    expect(server.openLinks).toBe(0);
    expect(timers.delays()).toEqual([45_000]);
  });
});

/** The same terminal with other events from `from` on. */
function otherHistory(own: ReturnType<typeof memoryOutbox>, from: number, count: number) {
  const other = memoryOutbox('T1');
  other.restore(own.log.slice(0, from - 1), '');
  other.append(count - from + 1, '{"another":"history"}');
  return [...other.log];
}

describe('another history under the same name', () => {
  test.each([
    ['forked', /another history of terminal T1.*Nothing was merged; the till sells on\. Call IT/],
    ['behind', /more of terminal T1.*old copy.*Nothing was merged; the till sells on\. Call IT/],
  ] as const)('that the server notices (%s): refused, nothing is sent', async (code, words) => {
    const { outbox, server, engine, up, deliverAll } = testTill();
    outbox.append(2);
    server.log = otherHistory(outbox, code === 'forked' ? 2 : 3, 3);
    engine.start();
    await deliverAll();
    expect(up()).toMatchObject({ state: 'refused', refusal: code, ackedThrough: 0 });
    expect(up().problem).toMatch(words);
    engine.wake();
    await deliverAll();
    expect(server.pushes).toEqual([]);
    expect(server.openLinks).toBe(0);
  });

  test.each([
    ['at its end', 3, [3]],
    ['before its end', 5, [3, 4]],
  ])('that only the till notices, %s: shown to the server, then refused', async (_name, own, shown) => {
    const { outbox, server, engine, up, timers, deliverAll } = testTill();
    outbox.append(own);
    server.naive = true;
    server.log = otherHistory(outbox, 2, 3);
    const before = server.log;
    engine.start();
    await deliverAll();
    expect(up()).toMatchObject({ state: 'refused', refusal: 'forked', ackedThrough: 0 });
    expect(server.pushes.map(({ events }) => events.map(({ seq }) => seq))).toEqual([shown]);
    expect(server.forksSeen).toBe(1);
    expect(server.log).toBe(before);
    expect(server.openLinks).toBe(0);
    expect(timers.delays()).toEqual([45_000]);
    timers.fire();
    await deliverAll();
    expect(server.opened).toBe(2);
    expect(up().state).toBe('refused');
  });

  test('that only the till notices, and the line breaks over it: refused all the same', async () => {
    const { outbox, server, engine, up, next } = testTill();
    outbox.append(3);
    server.naive = true;
    server.log = otherHistory(outbox, 2, 3);
    engine.start();
    (await next()).deliver();
    (await next()).fail('operation has timed out');
    await turn();
    expect(up()).toMatchObject({ state: 'refused', refusal: 'forked' });
  });

  test('of a server that has nothing and another beginning: refused, and gets nothing', async () => {
    const { outbox, server, engine, up, next } = testTill();
    outbox.append(3);
    engine.start();
    (await next()).answer({ ok: true, ackedThrough: 0, headHash: 'f'.repeat(64), serverTime: '' });
    await turn();
    expect(up()).toMatchObject({ state: 'refused', refusal: 'forked' });
    expect(server.pushes).toEqual([]);
  });

  test('longer than ours, as only the till notices: an old copy, refused and nothing is sent', async () => {
    const { outbox, server, up, connect } = testTill();
    outbox.append(5);
    server.naive = true;
    server.log = [...outbox.log];
    outbox.putBack(3);
    await connect();
    expect(up()).toMatchObject({ state: 'refused', refusal: 'behind' });
    expect(server.pushes).toEqual([]);
    expect(server.pulls).toEqual([]);
  });

  test('as a former line tells it of a disk that has changed since: nothing is shown to anybody', async () => {
    const { outbox, server, engine, up, timers, next, deliverAll } = testTill();
    outbox.append(2);
    engine.start();
    const old = await next();
    server.breakLinks('Cut.');
    timers.fire();
    await deliverAll();
    expect(up().state).toBe('live');
    old.answer({ ok: true, ackedThrough: 1, headHash: 'f'.repeat(64), serverTime: '' });
    await turn();
    expect(server.pushes).toHaveLength(1);
    expect(up().state).toBe('live');
  });
});
