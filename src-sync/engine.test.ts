import { describe, expect, test } from 'vitest';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from './protocol/messages.ts';
import { turn } from './test-support/manual-timers.ts';
import { MARKED_AT_ONCE } from './test-support/memory-outbox.ts';
import { NOON, testTill } from './test-support/test-engine.ts';

describe('a line that holds', () => {
  test('replays what waits and is live', async () => {
    const { outbox, server, up, states, connect } = testTill({ mostAtOnce: 2 });
    outbox.append(5);
    await connect();
    expect(server.log).toEqual(outbox.log);
    expect(server.pushes.map(({ from, events }) => [from, events.length])).toEqual([
      [1, 2],
      [3, 2],
      [5, 1],
    ]);
    expect(up()).toEqual({
      state: 'live',
      ackedThrough: 5,
      offlineSince: null,
      problem: null,
      refusal: null,
      clockSkewMs: 250,
      rate: null,
      paused: false,
      quarantined: { count: 0, newest: [] },
    });
    expect([...new Set(states())]).toEqual(['offline', 'connecting', 'catching_up', 'live']);
  });

  test('says at hello where it stands', async () => {
    const { outbox, server, engine, next, deliverAll } = testTill();
    outbox.append(3);
    outbox.setAckedThrough(2, NOON.toISOString());
    engine.start();
    await next();
    expect(server.hellos).toEqual([
      {
        head: { seq: 3, hash: outbox.hashAt(3) },
        acked: { seq: 2, hash: outbox.hashAt(2) },
        clock: NOON.toISOString(),
        recovering: false,
      },
    ]);
    await deliverAll();
  });

  test('says at its first hello that nothing was acknowledged', async () => {
    const { server, connect } = testTill();
    await connect();
    const beginning = { seq: 0, hash: '0'.repeat(64) };
    expect(server.hellos).toMatchObject([{ head: beginning, acked: beginning }]);
  });

  test('sends nothing again that the server has', async () => {
    const { outbox, server, connect } = testTill();
    outbox.append(3);
    server.log = outbox.log.slice(0, 2);
    await connect();
    expect(server.pushes.map(({ from }) => from)).toEqual([3]);
    expect(server.log).toEqual(outbox.log);
  });

  test('a wake-up during a push is not lost', async () => {
    const { outbox, server, engine, up, next, deliverAll, connect } = testTill();
    await connect();
    outbox.append(1);
    engine.wake();
    const push = await next();
    outbox.append(1);
    engine.wake();
    push.deliver();
    await deliverAll();
    expect(server.log).toEqual(outbox.log);
    expect(up().ackedThrough).toBe(2);
  });

  test('what is written without a wake-up goes with the next answer', async () => {
    const { outbox, server, engine, next, deliverAll, connect } = testTill();
    await connect();
    outbox.append(1);
    engine.wake();
    const push = await next();
    outbox.append(1);
    push.deliver();
    await deliverAll();
    expect(server.log).toEqual(outbox.log);
  });

  test('a wake-up before the server has said where we stand sends nothing', async () => {
    const { outbox, server, engine, up, next, deliverAll } = testTill();
    outbox.append(3);
    server.log = outbox.log.slice(0, 2);
    engine.start();
    const hello = await next();
    engine.wake();
    await turn();
    expect(server.pushes).toEqual([]);
    expect(up().state).toBe('connecting');
    hello.deliver();
    await deliverAll();
    expect(server.pushes.map(({ from }) => from)).toEqual([3]);
  });

  test.each([MAX_BATCH_EVENTS, MAX_BATCH_EVENTS - 1, MAX_BATCH_EVENTS + 1, 2 * MAX_BATCH_EVENTS])(
    'a backlog of %i comes to an end',
    async (count) => {
      const { outbox, server, up, connect } = testTill();
      outbox.append(count);
      await connect();
      expect(server.log).toHaveLength(count);
      expect(server.pushes).toHaveLength(Math.ceil(count / MAX_BATCH_EVENTS));
      expect(up()).toMatchObject({ state: 'live', ackedThrough: count });
    },
  );

  test('a batch does not end between a movement and the alert behind it', async () => {
    const { outbox, server, connect } = testTill({ mostAtOnce: 3 });
    outbox.append(2);
    outbox.append(1, '{}', 'inventory.updated');
    outbox.append(1, '{}', 'inventory.low_stock');
    outbox.append(4, '{}', 'inventory.updated');
    await connect();
    expect(server.pushes.map(({ from, events }) => [from, events.length])).toEqual([
      [1, 2],
      [3, 2],
      [5, 2],
      [7, 2],
    ]);
    expect(server.log).toEqual(outbox.log);
  });

  test('movements that come one at a time are sent all the same', async () => {
    const { outbox, server, connect } = testTill({ mostAtOnce: 1 });
    outbox.append(3, '{}', 'inventory.updated');
    await connect();
    expect(server.pushes.map(({ events }) => events.length)).toEqual([1, 1, 1]);
  });

  test('keeps three batches under way at most, and asks for bounded reads only', async () => {
    const { outbox, server, connect } = testTill({ mostAtOnce: 10 });
    outbox.append(1000);
    await connect();
    expect(server.mostInFlight).toBe(3);
    expect(server.log).toEqual(outbox.log);
    for (const { maxEvents, maxBytes } of outbox.reads) {
      expect([maxEvents, maxBytes]).toEqual([MAX_BATCH_EVENTS, MAX_BATCH_BYTES]);
    }
  });

  test('an answer that was overtaken takes nothing back', async () => {
    const { outbox, server, engine, up, statuses, deliverAll } = testTill({ mostAtOnce: 1 });
    outbox.append(3);
    engine.start();
    await turn();
    server.waiting[0]?.deliver();
    await turn();
    const [first, second, third] = server.waiting;
    third?.answer({ ok: true, ackedThrough: 3 });
    second?.answer({ ok: true, ackedThrough: 2 });
    first?.answer({ ok: true, ackedThrough: 1 });
    await deliverAll();
    const cursor = statuses.map((status) => status.up.ackedThrough);
    expect(cursor).toEqual(cursor.toSorted((a, b) => a - b));
    expect(up()).toMatchObject({ state: 'live', ackedThrough: 3 });
    expect(outbox.ackedThrough()).toBe(3);
  });

  test('an acknowledgement that comes twice changes nothing', async () => {
    const { outbox, server, engine, up, next, deliverAll } = testTill({ mostAtOnce: 1 });
    outbox.append(2);
    engine.start();
    (await next()).deliver();
    await turn();
    const [first, second] = server.waiting;
    first?.answer({ ok: true, ackedThrough: 2 });
    second?.answer({ ok: true, ackedThrough: 2 });
    await deliverAll();
    expect(up()).toMatchObject({ state: 'live', ackedThrough: 2 });
    expect(server.pushes.map(({ from }) => from)).toEqual([1, 2]);
  });

  test('what a former line carried and the server commits late counts, and is not sent again', async () => {
    const { outbox, server, engine, up, next, deliverAll } = testTill({ mostAtOnce: 1 });
    outbox.append(4);
    engine.start();
    (await next()).deliver();
    await turn();
    server.waiting[0]?.answer({ ok: true, ackedThrough: 4 });
    await turn();
    expect(up().ackedThrough).toBe(4);
    outbox.append(1);
    server.log = outbox.log.slice(0, 4);
    engine.wake();
    await deliverAll();
    expect(server.pushes.map(({ from }) => from)).toEqual([1, 2, 3, 5]);
    expect(server.log).toEqual(outbox.log);
  });
});

describe('marks of what the server has', () => {
  test('follow page by page once nothing waits, and not while a backlog is sent', async () => {
    const { outbox, engine, up, timers, next, deliverAll } = testTill({ mostAtOnce: 10 });
    outbox.append(25);
    engine.start();
    (await next()).deliver();
    (await next()).deliver();
    await turn();
    timers.fire();
    expect([outbox.ackedThrough(), outbox.markedThrough()]).toEqual([10, 0]);
    await deliverAll();
    expect(up().state).toBe('live');
    timers.fire();
    expect(outbox.markedThrough()).toBe(MARKED_AT_ONCE);
    timers.fire();
    timers.fire();
    expect(outbox.markedThrough()).toBe(25);
    expect(timers.delays()).toEqual([]);
    outbox.append(1);
    engine.wake();
    await deliverAll();
    timers.fire();
    expect(outbox.markedThrough()).toBe(26);
  });

  test('that cannot be written are tried again on a new line', async () => {
    const { outbox, up, timers, connect, deliverAll } = testTill();
    outbox.append(5);
    outbox.failNext('markProcessed', 'database or disk is full');
    await connect();
    await deliverAll();
    timers.fire();
    expect(up().problem).toContain('database or disk is full');
    timers.fire();
    await deliverAll();
    expect(up()).toMatchObject({ state: 'live', problem: null });
    timers.fire();
    expect(outbox.markedThrough()).toBe(5);
  });
});

describe('what is told', () => {
  test('is never the same twice in a row', async () => {
    const { outbox, server, engine, statuses, connect, deliverAll, timers } = testTill({ mostAtOnce: 2 });
    outbox.append(7);
    await connect();
    for (let wake = 0; wake < 5; wake += 1) engine.wake();
    engine.downListeners.onStatus();
    server.breakLinks('Cut.');
    timers.fire();
    await deliverAll();
    const texts = statuses.map((status) => JSON.stringify(status));
    expect(texts.filter((text, index) => text === texts[index - 1])).toEqual([]);
    expect(statuses.at(-1)).toEqual(engine.status());
  });

  test('is how fast the server takes it, while something is sent', async () => {
    const { outbox, engine, up, next, deliverAll, pass } = testTill({ mostAtOnce: 10 });
    outbox.append(40, 'x'.repeat(98));
    engine.start();
    (await next()).deliver();
    expect(up().rate).toBeNull();
    for (let batch = 1; batch <= 2; batch += 1) {
      const push = await next();
      pass(100);
      push.deliver();
      await turn();
      // 10 events in 100 ms; payload and metadata are a hundred bytes each.
      expect(up().rate).toEqual({ eventsPerSecond: 100, bytesPerSecond: 10_000 });
    }
    await deliverAll();
    expect(up()).toMatchObject({ state: 'live', rate: null });
  });

  test('is how far its clock is off, also when the line is gone or the next server does not say', async () => {
    const { server, up, timers, next, connect } = testTill();
    expect(up().clockSkewMs).toBeNull();
    await connect();
    server.breakLinks('Cut.');
    expect(up()).toMatchObject({ state: 'offline', clockSkewMs: 250 });
    timers.fire();
    (await next()).answer({ ok: true, ackedThrough: 0, headHash: '0'.repeat(64), serverTime: '' });
    await turn();
    expect(up()).toMatchObject({ state: 'live', clockSkewMs: 250 });
  });
});

describe('a disk that fails', () => {
  test.each(['read', 'setAckedThrough'] as const)('in %s: said, and tried again', async (method) => {
    const { outbox, server, engine, up, timers, next, deliverAll } = testTill();
    outbox.append(1);
    engine.start();
    const hello = await next();
    if (method === 'read') outbox.failNext(method, 'database or disk is full');
    hello.deliver();
    await turn();
    if (method === 'setAckedThrough') {
      outbox.failNext(method, 'database or disk is full');
      (await next()).deliver();
      await turn();
    }
    expect(up().state).toBe('offline');
    expect(up().problem).toContain('database or disk is full');
    timers.fire();
    await deliverAll();
    expect(up()).toMatchObject({ state: 'live', ackedThrough: 1 });
    expect(server.log).toHaveLength(1);
  });

  test('while the cursor is taken back: said, and taken back the next time', async () => {
    const { outbox, server, up, timers, connect, next, deliverAll } = testTill();
    outbox.append(3);
    await connect();
    server.log = server.log.slice(0, 1);
    server.breakLinks('Restored from a backup.');
    timers.fire();
    outbox.failNext('setAckedThrough', 'database or disk is full');
    (await next()).deliver();
    await turn();
    expect(up()).toMatchObject({ state: 'offline', ackedThrough: 3 });
    expect(up().problem).toContain('database or disk is full');
    timers.fire();
    await deliverAll();
    expect(up()).toMatchObject({ state: 'live', ackedThrough: 3 });
    expect(server.log).toEqual(outbox.log);
  });

  test('and has lost an acknowledged event: said, and no hello goes out', async () => {
    const { outbox, server, engine, up } = testTill();
    outbox.append(2);
    outbox.setAckedThrough(3, NOON.toISOString());
    engine.start();
    await turn();
    expect(server.hellos).toEqual([]);
    expect(up()).toMatchObject({
      state: 'offline',
      problem: "The till's own log lacks event 3, up to which the server has acknowledged it.",
    });
  });
});

describe('stop', () => {
  test('before the line is open: it is closed when it opens', async () => {
    const { server, engine, timers } = testTill();
    server.holdOpening();
    engine.start();
    engine.stop();
    server.letOpen();
    await turn();
    expect(server.openLinks).toBe(0);
    expect(server.waiting).toEqual([]);
    expect(timers.delays()).toEqual([]);
  });

  test.each(['deliver', 'fail'] as const)('during hello: its %s changes nothing', async (end) => {
    const { outbox, server, engine, timers, next, statuses } = testTill();
    outbox.append(1);
    engine.start();
    const hello = await next();
    engine.stop();
    const before = statuses.length;
    if (end === 'deliver') hello.deliver();
    else hello.fail('closed');
    await turn();
    expect(statuses).toHaveLength(before);
    expect(server.pushes).toEqual([]);
    expect(timers.delays()).toEqual([]);
  });

  test.each(['deliver', 'fail'] as const)('during a push: its %s changes nothing', async (end) => {
    const { outbox, engine, timers, next, statuses } = testTill();
    outbox.append(1);
    engine.start();
    (await next()).deliver();
    const push = await next();
    engine.stop();
    const before = statuses.length;
    if (end === 'deliver') push.deliver();
    else push.fail('closed');
    await turn();
    expect(statuses).toHaveLength(before);
    expect(outbox.ackedThrough()).toBe(0);
    expect(timers.delays()).toEqual([]);
  });

  test('while it waits to come back: it does not', async () => {
    const { server, engine, timers } = testTill();
    server.refuseOpening(null, 'No answer.');
    engine.start();
    await turn();
    engine.stop();
    expect(timers.delays()).toEqual([]);
    timers.fire();
    await turn();
    expect(server.opened).toBe(0);
  });
});
