import { describe, expect, test } from 'vitest';
import { turn } from './test-support/manual-timers.ts';
import { testTill } from './test-support/test-engine.ts';

describe('who brings the changes down', () => {
  test('is lent the line once hello is answered, and told when it is gone', async () => {
    const { server, engine, down, timers, next, deliverAll } = testTill();
    engine.start();
    const hello = await next();
    expect(down.heard).toEqual([]);
    hello.deliver();
    await deliverAll();
    expect(down.heard).toEqual(['opened']);
    server.breakLinks('Cut.');
    expect(down.heard).toEqual(['opened', 'lost']);
    timers.fire();
    await deliverAll();
    expect(down.heard).toEqual(['opened', 'lost', 'opened']);
  });

  test('is not lent the line of a till that is refused', async () => {
    const { server, engine, down, next } = testTill();
    engine.start();
    (await next()).answer({ ok: false, code: 'forked', message: 'Two histories.' });
    await turn();
    expect(down.heard).not.toContain('opened');
    expect(server.openLinks).toBe(0);
  });

  test('is lent it only when the till has its own events back', async () => {
    const { outbox, server, disk, engine, down, next, deliverAll } = testTill();
    outbox.append(2);
    server.log = [...outbox.log];
    outbox.putBack(0);
    disk.recovering = true;
    engine.start();
    (await next()).deliver();
    await next();
    expect(down.heard).toEqual([]);
    await deliverAll();
    expect(down.heard).toEqual(['opened']);
  });

  test('is not lent a line that its own log has just ended', async () => {
    const { outbox, engine, down, next } = testTill();
    engine.start();
    const hello = await next();
    outbox.failNext('read', 'disk I/O error');
    hello.deliver();
    await turn();
    expect(down.heard).toEqual(['lost']);
  });

  test('hears of what is new, on a line that it has', async () => {
    const { server, engine, down, next, deliverAll } = testTill();
    engine.start();
    const hello = await next();
    server.tellChanges();
    expect(down.heard).toEqual([]);
    hello.deliver();
    await deliverAll();
    server.tellChanges();
    expect(down.heard).toEqual(['opened', 'available']);
  });

  test('may say that the line is of no use: it is dropped, once', async () => {
    const { server, engine, up, timers, connect } = testTill();
    engine.downListeners.onLineUseless('Too early.');
    expect(timers.delays()).toEqual([]);
    await connect();
    engine.downListeners.onLineUseless('The server broke the protocol.');
    engine.downListeners.onLineUseless('Again.');
    expect(up()).toMatchObject({ state: 'offline', problem: 'The server broke the protocol.' });
    expect(server.openLinks).toBe(0);
    expect(timers.delays()).toEqual([375]);
  });

  test('is told of in the status, as it changes', async () => {
    const { engine, down, statuses, connect } = testTill();
    await connect();
    down.now = { state: 'pulling', snapshot: null, appliedAt: null, problem: null };
    engine.downListeners.onStatus();
    expect(statuses.at(-1)?.down).toEqual(down.now);
  });

  test('stops with the engine, and is not heard any more', async () => {
    const { engine, down, statuses, connect } = testTill();
    await connect();
    engine.stop();
    const before = statuses.length;
    down.now = { state: 'pulling', snapshot: null, appliedAt: null, problem: null };
    engine.downListeners.onStatus();
    engine.downListeners.onLineUseless('Late.');
    expect(down.heard).toEqual(['opened', 'lost', 'stopped']);
    expect(statuses).toHaveLength(before);
  });
});
