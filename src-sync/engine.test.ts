import { afterEach, describe, expect, test } from 'vitest';
import { type EngineStatus, SyncEngine } from './engine.ts';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from './protocol/messages.ts';
import type { OpenLink } from './sync-link.ts';
import { manualTimers, turn } from './test-support/manual-timers.ts';
import { memoryOutbox } from './test-support/memory-outbox.ts';
import { simulatedServer } from './test-support/simulated-server.ts';

const NOON = new Date('2026-11-23T12:00:00.000Z');

let engines: SyncEngine[] = [];
afterEach(() => {
  for (const engine of engines) engine.stop();
  engines = [];
});

function till(mostAtOnce?: number, openLink?: OpenLink, chance = 0.5) {
  const outbox = memoryOutbox('T1', mostAtOnce);
  const server = simulatedServer();
  const timers = manualTimers();
  const statuses: EngineStatus[] = [];
  const engine = new SyncEngine({
    terminalId: 'T1',
    outbox,
    openLink: openLink ?? server.openLink,
    now: () => NOON,
    random: () => chance,
    setTimer: timers.set,
    onStatus: (status) => statuses.push(status),
  });
  engines.push(engine);
  const states = () => statuses.map(({ state }) => state);
  /** Lets the oldest request through, again and again, until none waits. */
  const deliverAll = async (): Promise<void> => {
    for (;;) {
      await turn();
      const [next] = server.waiting;
      if (!next) return;
      next.deliver();
    }
  };
  const next = async () => {
    await turn();
    const [request] = server.waiting;
    if (!request) throw new Error('no request is waiting at the server');
    return request;
  };
  const connect = async (): Promise<void> => {
    engine.start();
    await deliverAll();
  };
  return { outbox, server, timers, engine, statuses, states, deliverAll, next, connect };
}

describe('a line that holds', () => {
  test('replays what waits and is live', async () => {
    const { outbox, server, engine, states, connect } = till(2);
    outbox.append(5);
    await connect();
    expect(server.log).toEqual(outbox.log);
    expect(server.pushes.map(({ from, events }) => [from, events.length])).toEqual([
      [1, 2],
      [3, 2],
      [5, 1],
    ]);
    expect(engine.status()).toEqual({ state: 'live', ackedThrough: 5, offlineSince: null, problem: null });
    expect([...new Set(states())]).toEqual(['offline', 'connecting', 'catching_up', 'live']);
  });

  test('sends nothing again that the server has', async () => {
    const { outbox, server, connect } = till();
    outbox.append(3);
    server.log = outbox.log.slice(0, 2);
    await connect();
    expect(server.pushes.map(({ from }) => from)).toEqual([3]);
    expect(server.log).toEqual(outbox.log);
  });

  test('a wake-up during a push is not lost', async () => {
    const { outbox, server, engine, next, deliverAll, connect } = till();
    await connect();
    outbox.append(1);
    engine.wake();
    const push = await next();
    outbox.append(1);
    engine.wake();
    push.deliver();
    await deliverAll();
    expect(server.log).toEqual(outbox.log);
    expect(engine.status().ackedThrough).toBe(2);
  });

  test('what is written without a wake-up goes with the next answer', async () => {
    const { outbox, server, engine, next, deliverAll, connect } = till();
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
    const { outbox, server, engine, next, deliverAll } = till();
    outbox.append(3);
    server.log = outbox.log.slice(0, 2);
    engine.start();
    const hello = await next();
    engine.wake();
    await turn();
    expect(server.pushes).toEqual([]);
    expect(engine.status().state).toBe('connecting');
    hello.deliver();
    await deliverAll();
    expect(server.pushes.map(({ from }) => from)).toEqual([3]);
  });

  test.each([MAX_BATCH_EVENTS, MAX_BATCH_EVENTS - 1, MAX_BATCH_EVENTS + 1, 2 * MAX_BATCH_EVENTS])(
    'a backlog of %i comes to an end',
    async (count) => {
      const { outbox, server, connect, engine } = till();
      outbox.append(count);
      await connect();
      expect(server.log).toHaveLength(count);
      expect(server.pushes).toHaveLength(Math.ceil(count / MAX_BATCH_EVENTS));
      expect(engine.status()).toMatchObject({ state: 'live', ackedThrough: count });
    },
  );

  test('a batch does not end between a movement and the alert behind it', async () => {
    const { outbox, server, connect } = till(3);
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
    const { outbox, server, connect } = till(1);
    outbox.append(3, '{}', 'inventory.updated');
    await connect();
    expect(server.pushes.map(({ events }) => events.length)).toEqual([1, 1, 1]);
  });

  test('keeps three batches under way at most, and asks for bounded reads only', async () => {
    const { outbox, server, engine, deliverAll } = till(10);
    outbox.append(1000);
    engine.start();
    await deliverAll();
    expect(server.mostInFlight).toBe(3);
    expect(server.log).toEqual(outbox.log);
    expect(new Set(outbox.reads.map((bounds) => JSON.stringify(bounds)))).toEqual(
      new Set([JSON.stringify({ maxEvents: MAX_BATCH_EVENTS, maxBytes: MAX_BATCH_BYTES })]),
    );
  });

  test('an answer that was overtaken takes nothing back', async () => {
    const { outbox, server, engine, statuses, deliverAll } = till(1);
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
    const cursor = statuses.map(({ ackedThrough }) => ackedThrough);
    expect(cursor).toEqual(cursor.toSorted((a, b) => a - b));
    expect(engine.status()).toMatchObject({ state: 'live', ackedThrough: 3 });
  });

  test('what a former line carried and the server commits late counts, and is not sent again', async () => {
    const { outbox, server, engine, next, deliverAll } = till(1);
    outbox.append(4);
    engine.start();
    (await next()).deliver();
    await turn();
    server.waiting[0]?.answer({ ok: true, ackedThrough: 4 });
    await turn();
    expect(engine.status().ackedThrough).toBe(4);
    outbox.append(1);
    server.log = outbox.log.slice(0, 4);
    engine.wake();
    await deliverAll();
    expect(server.pushes.at(-1)?.from).toBe(5);
    expect(server.log).toEqual(outbox.log);
  });
});

describe('a line that breaks', () => {
  test('with an acknowledgement under way: hello decides, nothing is doubled or lost', async () => {
    const { outbox, server, engine, timers, next, deliverAll } = till();
    outbox.append(2);
    engine.start();
    (await next()).deliver();
    (await next()).commitInSilence();
    server.breakLinks('The cable was pulled.');
    expect(engine.status()).toMatchObject({
      state: 'offline',
      ackedThrough: 0,
      problem: 'The cable was pulled.',
      offlineSince: NOON.toISOString(),
    });
    outbox.append(1);
    timers.fire();
    await deliverAll();
    expect(server.log).toEqual(outbox.log);
    expect(server.pushes.map(({ from, events }) => [from, events.length])).toEqual([
      [1, 2],
      [3, 1],
    ]);
  });

  test('silence on a push drops the line and asks again', async () => {
    const { outbox, server, engine, timers, next, deliverAll } = till();
    outbox.append(1);
    engine.start();
    (await next()).deliver();
    const push = await next();
    push.commitInSilence();
    push.fail('operation has timed out');
    await turn();
    expect(engine.status()).toMatchObject({ state: 'offline', problem: 'operation has timed out' });
    expect(server.openLinks).toBe(0);
    timers.fire();
    await deliverAll();
    expect(engine.status()).toMatchObject({ state: 'live', ackedThrough: 1, problem: null });
    expect(server.log).toHaveLength(1);
  });

  test('a line that closes before it counts as open is not used', async () => {
    const closings: string[] = [];
    const { engine, timers } = till(1, (onClosed) => {
      onClosed('Closed at once.');
      return Promise.resolve({
        ok: true,
        link: {
          hello: () => Promise.reject(new Error('hello on a closed line')),
          push: () => Promise.reject(new Error('push on a closed line')),
          close: () => closings.push('closed'),
        },
      });
    });
    engine.start();
    await turn();
    expect(closings).toEqual(['closed']);
    expect(engine.status()).toMatchObject({ state: 'offline', problem: 'Closed at once.' });
    expect(timers.delays()).toHaveLength(1);
  });

  test('an opening that throws is one that failed', async () => {
    const { engine, timers } = till(1, () => Promise.reject(new Error('Invalid URL')));
    engine.start();
    await turn();
    expect(engine.status()).toMatchObject({ state: 'offline', problem: 'Invalid URL' });
    expect(timers.delays()).toHaveLength(1);
  });

  test('waits longer after each failure, and begins anew once a batch went through', async () => {
    const { outbox, server, engine, timers, next, deliverAll } = till();
    const delays: number[] = [];
    for (let failure = 0; failure < 4; failure += 1) server.refuseOpening(null, 'No answer.');
    engine.start();
    for (let failure = 0; failure < 4; failure += 1) {
      await turn();
      delays.push(...timers.delays());
      timers.fire();
    }
    expect(delays).toEqual([375, 750, 1500, 3000]);
    outbox.append(1);
    await deliverAll();
    outbox.append(1);
    engine.wake();
    (await next()).fail('Silence.');
    await turn();
    expect(timers.delays()).toEqual([375]);
  });

  test('a server that greets and takes no batch is asked less and less often', async () => {
    const { outbox, engine, timers, next } = till();
    outbox.append(1);
    const delays: number[] = [];
    engine.start();
    for (let round = 0; round < 3; round += 1) {
      (await next()).deliver();
      (await next()).answer({ ok: false, code: 'unavailable', message: 'The disk of the server is full.' });
      await turn();
      expect(engine.status()).toMatchObject({
        state: 'offline',
        problem: 'The disk of the server is full.',
      });
      delays.push(...timers.delays());
      timers.fire();
    }
    expect(delays).toEqual([375, 750, 1500]);
  });

  test('a hello that the server cannot answer now is tried again', async () => {
    const { engine, timers, next, deliverAll } = till();
    engine.start();
    (await next()).answer({ ok: false, code: 'unavailable', message: 'Starting.' });
    await turn();
    expect(engine.status()).toMatchObject({ state: 'offline', problem: 'Starting.' });
    timers.fire();
    await deliverAll();
    expect(engine.status()).toMatchObject({ state: 'live', problem: null });
  });
});

describe('a server that differs', () => {
  test('says less than before: what it lost is sent again', async () => {
    const { outbox, server, engine, statuses, timers, next, connect, deliverAll } = till();
    outbox.append(5);
    await connect();
    server.log = server.log.slice(0, 2);
    server.breakLinks('Restored from a backup.');
    timers.fire();
    (await next()).deliver();
    await turn();
    expect(statuses.map(({ ackedThrough }) => ackedThrough)).toContain(2);
    await deliverAll();
    expect(server.log).toEqual(outbox.log);
    expect(engine.status()).toMatchObject({ state: 'live', ackedThrough: 5 });
  });

  test.each([
    ['has more than was ever written here', 3],
    ['has another event at the same place', 2],
  ])('%s: refused, said, and nothing is pushed', async (_name, count) => {
    const { outbox, server, engine, timers, deliverAll } = till();
    outbox.append(2);
    const foreign = memoryOutbox('T1');
    foreign.append(count, '{"another":"history"}');
    server.log = [...foreign.log];
    engine.start();
    await deliverAll();
    expect(engine.status().state).toBe('refused');
    expect(engine.status().problem).toContain('another history of terminal T1');
    expect(engine.status().problem).toMatch(/the till sells on\. Call IT\.$/);
    engine.wake();
    await deliverAll();
    expect(server.pushes).toEqual([]);
    expect(server.openLinks).toBe(0);
    expect(outbox.ackedThrough()).toBe(0);
    expect(timers.delays()).toEqual([45_000]);
    timers.fire();
    await deliverAll();
    expect(server.opened).toBe(2);
    expect(server.pushes).toEqual([]);
  });

  test('misses something that we hold for sent: the next hello says from where', async () => {
    const { outbox, server, engine, timers, connect, deliverAll } = till();
    outbox.append(2);
    await connect();
    server.log = [];
    outbox.append(1);
    engine.wake();
    await deliverAll();
    expect(engine.status()).toMatchObject({ state: 'offline', problem: 'Expected 1.' });
    timers.fire();
    await deliverAll();
    expect(server.log).toEqual(outbox.log);
  });

  test.each(['chain_broken', 'malformed', 'wrong_terminal'] as const)(
    'answers %s: refused with its words, the cursor stays',
    async (code) => {
      const { outbox, engine, timers, next } = till();
      outbox.append(1);
      engine.start();
      (await next()).deliver();
      (await next()).answer({ ok: false, code, message: `It is ${code}.` });
      await turn();
      expect(engine.status()).toMatchObject({ state: 'refused', ackedThrough: 0, problem: `It is ${code}.` });
      expect(timers.delays()).toEqual([45_000]);
    },
  );

  test.each([
    ['more than was written', 99],
    ['less than it was just given', 0],
  ])('acknowledges %s: not believed', async (_name, ackedThrough) => {
    const { outbox, engine, timers, next } = till();
    outbox.append(2);
    engine.start();
    (await next()).deliver();
    (await next()).answer({ ok: true, ackedThrough });
    await turn();
    expect(outbox.ackedThrough()).toBe(0);
    expect(engine.status().state).toBe('offline');
    expect(timers.delays()).toHaveLength(1);
  });

  test.each(['unauthorized', 'protocol_unsupported', 'malformed_handshake'] as const)(
    'refuses the connection as %s: a person must look, asked again within the minute',
    async (code) => {
      const { server, engine, timers, deliverAll } = till();
      server.refuseOpening({ code, message: 'No.' }, 'No.');
      engine.start();
      await turn();
      expect(engine.status()).toMatchObject({ state: 'refused', problem: 'No.' });
      expect(timers.delays()).toEqual([45_000]);
      timers.fire();
      await deliverAll();
      expect(engine.status()).toMatchObject({ state: 'live', problem: null, offlineSince: null });
    },
  );

  test('refuses a whole fleet: it does not come back in step', async () => {
    const chances = [0, 0.25, 0.5, 0.75, 0.999_999];
    const delays: number[] = [];
    for (const chance of chances) {
      const { server, engine, timers } = till(undefined, undefined, chance);
      server.refuseOpening({ code: 'protocol_unsupported', message: 'Update.' }, 'Update.');
      engine.start();
      await turn();
      delays.push(...timers.delays());
    }
    expect(delays).toEqual([30_000, 37_500, 45_000, 52_500, 59_999]);
  });

  test('refuses the connection as unavailable: tried again soon', async () => {
    const { server, engine, timers } = till();
    server.refuseOpening({ code: 'unavailable', message: 'Busy.' }, 'Busy.');
    engine.start();
    await turn();
    expect(engine.status()).toMatchObject({ state: 'offline', problem: 'Busy.' });
    expect(timers.delays()).toEqual([375]);
  });
});

describe('a disk that fails', () => {
  test.each(['read', 'setAckedThrough'] as const)('in %s: said, and tried again', async (method) => {
    const { outbox, server, engine, timers, next, deliverAll } = till();
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
    expect(engine.status().state).toBe('offline');
    expect(engine.status().problem).toContain('database or disk is full');
    timers.fire();
    await deliverAll();
    expect(engine.status()).toMatchObject({ state: 'live', ackedThrough: 1 });
    expect(server.log).toHaveLength(1);
  });
});

describe('stop', () => {
  test('before the line is open: it is closed when it opens', async () => {
    const { server, engine, timers } = till();
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
    const { outbox, server, engine, timers, next, statuses } = till();
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
    const { outbox, engine, timers, next, statuses } = till();
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
    const { server, engine, timers } = till();
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
