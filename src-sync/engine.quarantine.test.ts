import { describe, expect, test } from 'vitest';
import { turn } from './test-support/manual-timers.ts';
import { UNUSABLE } from './test-support/model-log.ts';
import { testTill } from './test-support/test-engine.ts';

describe('an event that the server can never use', () => {
  test('holds up none of the others, and is told with its reason', async () => {
    const { outbox, server, up, connect } = testTill({ mostAtOnce: 2 });
    outbox.append(2);
    outbox.append(1, UNUSABLE);
    outbox.append(3);
    await connect();
    expect(server.log).toEqual(outbox.log);
    expect(up()).toMatchObject({ state: 'live', ackedThrough: 6, problem: null, refusal: null });
    expect(up().quarantined).toEqual({
      count: 1,
      newest: [
        { seq: 3, eventType: 'order.created', reason: 'It cannot be used.', at: '2026-11-23T12:00:00.000Z' },
      ],
    });
  });

  test('is asked about only when their number has changed', async () => {
    const { outbox, server, engine, up, connect, deliverAll } = testTill();
    outbox.append(1, UNUSABLE);
    await connect();
    expect(server.lists).toBe(1);
    for (let sale = 0; sale < 3; sale += 1) {
      outbox.append(1);
      engine.wake();
      await deliverAll();
    }
    expect(server.lists).toBe(1);
    outbox.append(2, UNUSABLE);
    engine.wake();
    await deliverAll();
    expect(server.lists).toBe(2);
    expect(up().quarantined.newest.map(({ seq }) => seq)).toEqual([6, 5, 1]);
  });

  test('is never asked about while there is none', async () => {
    const { outbox, server, connect } = testTill();
    outbox.append(3);
    await connect();
    expect(server.lists).toBe(0);
  });

  test('is forgotten when somebody has mended it', async () => {
    const { outbox, server, engine, up, connect, deliverAll } = testTill();
    outbox.append(1, UNUSABLE);
    await connect();
    server.quarantined = () => [];
    outbox.append(1);
    engine.wake();
    await deliverAll();
    expect(up().quarantined).toEqual({ count: 0, newest: [] });
    expect(server.lists).toBe(1);
  });

  test('of an earlier run is told at hello', async () => {
    const { outbox, server, up, connect } = testTill();
    outbox.append(1, UNUSABLE);
    server.log = [...outbox.log];
    await connect();
    expect(up().quarantined).toMatchObject({ count: 1, newest: [{ seq: 1 }] });
  });

  test('is shown on while the line is gone, and asked about once on the next', async () => {
    const { outbox, server, up, timers, connect, deliverAll } = testTill();
    outbox.append(1, UNUSABLE);
    await connect();
    server.breakLinks('Cut.');
    expect(up().quarantined).toMatchObject({ count: 1, newest: [{ seq: 1 }] });
    timers.fire();
    await deliverAll();
    expect(server.lists).toBe(2);
  });
});

describe('the list of them', () => {
  test('grown while it was asked for is asked for again, once', async () => {
    const { outbox, server, engine, up, next, deliverAll } = testTill({ mostAtOnce: 1 });
    outbox.append(3, UNUSABLE);
    engine.start();
    (await next()).deliver();
    (await next()).deliver();
    await turn();
    const list = server.waiting.find(({ kind }) => kind === 'list');
    list?.deliver();
    await deliverAll();
    expect(up().quarantined).toMatchObject({ count: 3, newest: [{ seq: 3 }, { seq: 2 }, { seq: 1 }] });
    expect(server.lists).toBeLessThanOrEqual(3);
  });

  test('that tells of more than was said is not asked for again when that is said too', async () => {
    const { outbox, server, engine, up, next, deliverAll } = testTill({ mostAtOnce: 1 });
    outbox.append(1, UNUSABLE);
    engine.start();
    (await next()).deliver();
    (await next()).deliver();
    await turn();
    outbox.append(1, UNUSABLE);
    engine.wake();
    await turn();
    const [list, push] = server.waiting;
    const tell = push?.commit();
    list?.deliver();
    await turn();
    tell?.();
    await deliverAll();
    expect(up().quarantined).toMatchObject({ count: 2, newest: [{ seq: 2 }, { seq: 1 }] });
    expect(server.lists).toBe(1);
  });

  test('that the server cannot tell now: the number is told, the next answer asks again', async () => {
    const { outbox, server, engine, up, next, deliverAll } = testTill();
    outbox.append(1, UNUSABLE);
    engine.start();
    (await next()).deliver();
    (await next()).deliver();
    (await next()).answer({ ok: false, code: 'unavailable', message: 'Not now.' });
    await turn();
    expect(up()).toMatchObject({ state: 'live', quarantined: { count: 1, newest: [] } });
    outbox.append(1);
    engine.wake();
    await deliverAll();
    expect(up().quarantined).toMatchObject({ count: 1, newest: [{ seq: 1 }] });
    expect(server.opened).toBe(1);
  });

  test('that nobody answers drops the line', async () => {
    const { outbox, server, engine, up, timers, next, deliverAll } = testTill();
    outbox.append(1, UNUSABLE);
    engine.start();
    (await next()).deliver();
    (await next()).deliver();
    (await next()).fail('operation has timed out');
    await turn();
    expect(up()).toMatchObject({ state: 'offline', problem: 'operation has timed out' });
    timers.fire();
    await deliverAll();
    expect(server.opened).toBe(2);
    expect(up().quarantined).toMatchObject({ count: 1, newest: [{ seq: 1 }] });
  });

  test('that a former line still answers is not heard', async () => {
    const { outbox, server, engine, up, next } = testTill();
    outbox.append(1, UNUSABLE);
    engine.start();
    (await next()).deliver();
    (await next()).deliver();
    const list = await next();
    server.breakLinks('Cut.');
    list.answer({ ok: true, count: 99, events: [] });
    await turn();
    expect(up().quarantined).toEqual({ count: 1, newest: [] });
  });
});
