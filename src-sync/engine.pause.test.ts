import { describe, expect, test } from 'vitest';
import type { Flow } from './protocol/messages.ts';
import { turn } from './test-support/manual-timers.ts';
import { testTill } from './test-support/test-engine.ts';

const OPEN: Flow = { maxEvents: 500, maxBytes: 1_000_000, window: 3, pauseMs: 0 };
const PAUSE: Flow = { ...OPEN, pauseMs: 4_000 };

describe('what the server can take', () => {
  test.each([1, 5, 8])('is a window of %i batches', async (window) => {
    const { outbox, server, connect } = testTill({ mostAtOnce: 1 });
    server.flow = { ...OPEN, window };
    outbox.append(20);
    await connect();
    expect(server.mostInFlight).toBe(window);
    expect(server.log).toEqual(outbox.log);
  });

  test('is so many events and bytes, and may change with every answer', async () => {
    const { outbox, server, engine, next, deliverAll } = testTill();
    outbox.append(20);
    server.flow = { ...OPEN, maxEvents: 4, maxBytes: 1_000, window: 1 };
    engine.start();
    (await next()).deliver();
    const first = await next();
    server.flow = { ...OPEN, maxEvents: 10, maxBytes: 2_000, window: 1 };
    first.deliver();
    const second = await next();
    // An answer without a word on it leaves it as it was.
    server.flow = undefined;
    second.deliver();
    await deliverAll();
    expect(server.pushes.map(({ events }) => events.length)).toEqual([4, 10, 6]);
    expect(outbox.reads.slice(0, 3).map(({ maxEvents, maxBytes }) => [maxEvents, maxBytes])).toEqual([
      [4, 1_000],
      [10, 2_000],
      [10, 2_000],
    ]);
  });
});

describe('a pause', () => {
  test('asked for at hello: nothing is sent before it is over', async () => {
    const { outbox, server, up, timers, connect, deliverAll } = testTill();
    outbox.append(2);
    server.flow = PAUSE;
    await connect();
    expect(server.pushes).toEqual([]);
    expect(up()).toMatchObject({ state: 'catching_up', paused: true, rate: null, problem: null });
    expect(timers.delays()).toEqual([4_000]);
    server.flow = OPEN;
    timers.fire();
    await deliverAll();
    expect(server.log).toEqual(outbox.log);
    expect(up()).toMatchObject({ state: 'live', paused: false });
  });

  test('of a till that has nothing to send is shown, and is no backlog', async () => {
    const { server, up, timers, connect } = testTill();
    server.flow = PAUSE;
    await connect();
    expect(up()).toMatchObject({ state: 'live', paused: true });
    timers.fire();
    expect(up()).toMatchObject({ state: 'live', paused: false });
  });

  test('asked for with an acknowledgement: what is under way is answered, the rest waits', async () => {
    const { outbox, server, engine, up, timers, next, deliverAll } = testTill({ mostAtOnce: 1 });
    outbox.append(6);
    engine.start();
    (await next()).deliver();
    await turn();
    server.flow = PAUSE;
    await deliverAll();
    expect(server.pushes.map(({ from }) => from)).toEqual([1, 2, 3]);
    expect(up()).toMatchObject({ state: 'catching_up', ackedThrough: 3, paused: true });
    // Each of the three answers began it anew.
    expect(timers.delays()).toEqual([4_000]);
    server.flow = OPEN;
    timers.fire();
    await deliverAll();
    expect(server.pushes.map(({ from }) => from)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(server.log).toEqual(outbox.log);
  });

  test('is ended by a later word', async () => {
    const { outbox, server, engine, up, timers, next, deliverAll } = testTill({ mostAtOnce: 1 });
    outbox.append(6);
    engine.start();
    (await next()).deliver();
    const first = await next();
    server.flow = PAUSE;
    first.deliver();
    await turn();
    expect(up().paused).toBe(true);
    server.flow = OPEN;
    await deliverAll();
    expect(timers.delays()).not.toContain(PAUSE.pauseMs);
    expect(server.log).toEqual(outbox.log);
  });

  test('instead of an acknowledgement: the whole window again on the same line, in order, without gaps', async () => {
    const { outbox, server, engine, up, timers, next, deliverAll } = testTill({ mostAtOnce: 2 });
    outbox.append(10);
    engine.start();
    (await next()).deliver();
    await turn();
    server.pausing = true;
    server.flow = PAUSE;
    await deliverAll();
    expect(up()).toMatchObject({ state: 'catching_up', ackedThrough: 0, paused: true, problem: null });
    server.pausing = false;
    server.flow = OPEN;
    timers.fire();
    await deliverAll();
    expect(server.pushes.map(({ from }) => from)).toEqual([1, 3, 5, 1, 3, 5, 7, 9]);
    expect(server.log).toEqual(outbox.log);
    expect(server.opened).toBe(1);
    expect(up()).toMatchObject({ state: 'live', ackedThrough: 10, paused: false });
  });

  test('of the first batch only: what the server says of those behind it is no gap', async () => {
    const { outbox, server, engine, timers, next, deliverAll } = testTill({ mostAtOnce: 1 });
    outbox.append(4);
    engine.start();
    (await next()).deliver();
    await turn();
    const [first, ...behind] = server.waiting;
    first?.answer({ ok: false, code: 'paused', message: 'Not now.', flow: PAUSE });
    // The time is over before the others are answered: nothing may overtake them.
    await turn();
    timers.fire();
    await turn();
    expect(server.pushes).toHaveLength(3);
    for (const request of behind) request.deliver();
    await deliverAll();
    expect(server.pushes.map(({ from }) => from)).toEqual([1, 2, 3, 1, 2, 3, 4]);
    expect(server.opened).toBe(1);
    expect(server.log).toEqual(outbox.log);
  });

  test('of the first batch, told after the gaps behind it', async () => {
    const { outbox, server, engine, timers, next, deliverAll } = testTill({ mostAtOnce: 1 });
    outbox.append(4);
    engine.start();
    (await next()).deliver();
    await turn();
    const [first, ...behind] = server.waiting;
    for (const request of behind) request.deliver();
    await turn();
    first?.answer({ ok: false, code: 'paused', message: 'Not now.', flow: PAUSE });
    await turn();
    expect(timers.delays()).toEqual([4_000]);
    timers.fire();
    await deliverAll();
    expect(server.opened).toBe(1);
    expect(server.log).toEqual(outbox.log);
  });

  test('of one in the middle: what was acknowledged before it is not sent again', async () => {
    const { outbox, server, engine, timers, next, deliverAll } = testTill({ mostAtOnce: 1 });
    outbox.append(4);
    engine.start();
    (await next()).deliver();
    (await next()).deliver();
    await turn();
    server.pausing = true;
    server.flow = PAUSE;
    await deliverAll();
    server.pausing = false;
    timers.fire();
    await deliverAll();
    expect(server.pushes.map(({ from }) => from)).toEqual([1, 2, 3, 4, 2, 3, 4]);
    expect(server.log).toEqual(outbox.log);
  });

  test('does not lose a wake-up', async () => {
    const { outbox, server, engine, up, timers, connect, deliverAll } = testTill();
    server.flow = PAUSE;
    await connect();
    outbox.append(3);
    engine.wake();
    await turn();
    expect(server.pushes).toEqual([]);
    expect(up()).toMatchObject({ state: 'catching_up', paused: true });
    server.flow = OPEN;
    timers.fire();
    await deliverAll();
    expect(server.log).toEqual(outbox.log);
  });

  test('for ever: the server is asked no more often than it says, whatever wakes the till', async () => {
    const { outbox, server, engine, up, timers, connect, deliverAll } = testTill({ mostAtOnce: 1 });
    await connect();
    // That of the marks.
    timers.fire();
    server.pausing = true;
    server.flow = { ...PAUSE, window: 1 };
    outbox.append(1);
    for (let round = 1; round <= 20; round += 1) {
      engine.wake();
      await deliverAll();
      for (let wake = 0; wake < 5; wake += 1) {
        outbox.append(1);
        engine.wake();
        await deliverAll();
      }
      expect(server.pushes).toHaveLength(round);
      expect(timers.delays()).toEqual([4_000]);
      timers.fire();
    }
    await deliverAll();
    expect(up()).toMatchObject({ state: 'catching_up', paused: true });
    expect(server.opened).toBe(1);
  });

  test.each([undefined, OPEN])('that names no time (%j) is not asked about without end', async (flow) => {
    const { outbox, server, connect, timers, deliverAll } = testTill();
    outbox.append(1);
    server.pausing = true;
    server.flow = flow;
    await connect();
    expect(server.pushes).toHaveLength(1);
    expect(timers.delays()).toEqual([1_000]);
    server.pausing = false;
    timers.fire();
    await deliverAll();
    expect(server.log).toEqual(outbox.log);
  });

  test('ends with its line: the next hello says how it is', async () => {
    const { outbox, server, up, timers, connect, deliverAll } = testTill();
    outbox.append(1);
    server.flow = PAUSE;
    await connect();
    server.breakLinks('Cut.');
    expect(up()).toMatchObject({ state: 'offline', paused: false });
    expect(timers.delays()).toEqual([375]);
    server.flow = undefined;
    timers.fire();
    await deliverAll();
    expect(server.log).toEqual(outbox.log);
  });

  test('ends with the engine', async () => {
    const { outbox, server, engine, timers, connect } = testTill();
    outbox.append(1);
    server.flow = PAUSE;
    await connect();
    engine.stop();
    expect(timers.delays()).toEqual([]);
  });
});
