import { describe, expect, test } from 'vitest';
import { MAX_BATCH_EVENTS } from './protocol/messages.ts';
import { turn } from './test-support/manual-timers.ts';
import { memoryOutbox } from './test-support/memory-outbox.ts';
import { UNUSABLE } from './test-support/model-log.ts';
import { testTill } from './test-support/test-engine.ts';

/** A till whose server has `count` events of it, of which its disk has kept `kept`. */
function brokenTill(count: number, kept: number, options = {}) {
  const till = testTill(options);
  till.outbox.append(count);
  till.server.log = [...till.outbox.log];
  const history = [...till.outbox.log];
  till.outbox.setAckedThrough(count, '');
  till.outbox.putBack(kept);
  till.disk.recovering = true;
  return { ...till, history };
}

describe('a till that knows that its disk was lost', () => {
  test.each([0, 1, 6])('gets its own events back behind the %i that it has', async (kept) => {
    const { outbox, server, history, disk, up, states, connect } = brokenTill(7, kept);
    server.pageSize = 2;
    await connect();
    expect(outbox.log).toEqual(history);
    expect(server.hellos).toMatchObject([{ recovering: true, head: { seq: kept }, acked: { seq: kept } }]);
    expect(server.pulls[0]).toEqual({ after: kept, limit: MAX_BATCH_EVENTS });
    expect(server.pushes).toEqual([]);
    expect(disk.recovering).toBe(false);
    expect([...new Set(states())]).toEqual(['offline', 'connecting', 'recovering', 'catching_up', 'live']);
    expect(up()).toMatchObject({ state: 'live', ackedThrough: 7, offlineSince: null });
  });

  test('and goes on with new ones behind them', async () => {
    const { outbox, server, engine, connect, deliverAll } = brokenTill(3, 0);
    await connect();
    outbox.append(2);
    engine.wake();
    await deliverAll();
    expect(server.pushes.map(({ from }) => from)).toEqual([4]);
    expect(server.log).toEqual(outbox.log);
  });

  test('tells page by page how far it is', async () => {
    const { server, statuses, connect } = brokenTill(6, 0);
    server.pageSize = 2;
    await connect();
    const pages = statuses.filter((status) => status.up.state === 'recovering');
    expect(pages.map((status) => status.up.ackedThrough)).toEqual([0, 2, 4, 6]);
  });

  test('sends nothing and heeds no wake-up before it is whole', async () => {
    const { server, engine, up, next, deliverAll } = brokenTill(4, 1);
    engine.start();
    (await next()).deliver();
    const pull = await next();
    engine.wake();
    await turn();
    expect([up().state, server.waiting.length, server.pushes.length]).toEqual(['recovering', 1, 0]);
    pull.deliver();
    await deliverAll();
    expect(up().state).toBe('live');
  });

  test('goes on where it was when the line broke in the middle', async () => {
    const { outbox, server, history, disk, engine, up, timers, next, deliverAll } = brokenTill(6, 0);
    server.pageSize = 2;
    engine.start();
    (await next()).deliver();
    (await next()).deliver();
    const second = await next();
    server.breakLinks('Cut.');
    second.deliver();
    await turn();
    expect([outbox.log.length, disk.recovering, up().state]).toEqual([2, true, 'offline']);
    timers.fire();
    await deliverAll();
    expect(server.pulls.map(({ after }) => after)).toEqual([0, 2, 2, 4]);
    expect(outbox.log).toEqual(history);
    expect(disk.recovering).toBe(false);
  });

  test('goes on where it was when its process died in the middle', async () => {
    const { outbox, server, history, startAgain, engine, next, deliverAll } = brokenTill(6, 0);
    server.pageSize = 4;
    engine.start();
    (await next()).deliver();
    (await next()).deliver();
    await turn();
    const again = startAgain();
    await deliverAll();
    expect(outbox.log).toEqual(history);
    expect(again.status().up.state).toBe('live');
    expect(server.hellos.at(-1)).toMatchObject({ recovering: true, head: { seq: 4 } });
  });

  test('whose process died before it noted that it was whole is whole at the next hello', async () => {
    const { outbox, disk, up, connect } = brokenTill(3, 3);
    outbox.append(1);
    await connect();
    expect(disk.recovering).toBe(false);
    expect(up()).toMatchObject({ state: 'live', ackedThrough: 4 });
  });

  test('whose server has grown meanwhile by what a former line carried gets that too', async () => {
    const { outbox, server, history, engine, next, deliverAll } = brokenTill(5, 0);
    server.log = history.slice(0, 3);
    engine.start();
    (await next()).deliver();
    server.log = history;
    await deliverAll();
    expect(outbox.log).toEqual(history);
  });

  test('gets back what the server could only quarantine, too', async () => {
    const { outbox, server, disk, connect, up } = testTill();
    outbox.append(1);
    outbox.append(1, UNUSABLE, 'no event type of ours');
    outbox.append(1);
    const history = [...outbox.log];
    server.log = history;
    outbox.putBack(0);
    disk.recovering = true;
    await connect();
    expect(outbox.log).toEqual(history);
    expect(up()).toMatchObject({ state: 'live', quarantined: { count: 1 } });
  });
});

describe('a recovery that cannot be', () => {
  test('now, because the server cannot: tried again', async () => {
    const { outbox, engine, up, timers, next, deliverAll } = brokenTill(3, 0);
    engine.start();
    (await next()).deliver();
    (await next()).answer({ ok: false, code: 'unavailable', message: 'Not now.' });
    await turn();
    expect(up()).toMatchObject({ state: 'offline', problem: 'Not now.' });
    timers.fire();
    await deliverAll();
    expect(outbox.log).toHaveLength(3);
  });

  test('now, because nobody answers: tried again', async () => {
    const { engine, up, next } = brokenTill(3, 0);
    engine.start();
    (await next()).deliver();
    (await next()).fail('operation has timed out');
    await turn();
    expect(up()).toMatchObject({ state: 'offline', problem: 'operation has timed out', refusal: null });
  });

  test('kept on the disk: said, and tried again', async () => {
    const { outbox, engine, up, timers, next, deliverAll } = brokenTill(3, 0);
    outbox.failNext('restore', 'database or disk is full');
    engine.start();
    (await next()).deliver();
    (await next()).deliver();
    await turn();
    expect(up().state).toBe('offline');
    expect(up().problem).toContain('database or disk is full');
    timers.fire();
    await deliverAll();
    expect(up()).toMatchObject({ state: 'live', ackedThrough: 3 });
  });

  test.each([
    ['nothing although there is more', [] as number[], 'offline', null],
    ['events from somewhere else in the history', [3], 'offline', null],
    ['an event that was altered', [2], 'refused', 'forked'],
  ])('believed, of a server that hands over %s', async (_name, which, state, refusal) => {
    const { outbox, server, history, disk, engine, up, next } = brokenTill(3, 1);
    engine.start();
    (await next()).deliver();
    const events = which.map((seq) => ({ ...history[seq - 1], payload: '{"altered":true}' }));
    const head = { seq: 3, hash: server.log[2]?.hash ?? '' };
    (await next()).answer({ ok: true, events, head } as Parameters<(typeof server.waiting)[0]['answer']>[0]);
    await turn();
    expect(up()).toMatchObject({ state, refusal });
    expect(outbox.log).toHaveLength(1);
    expect(disk.recovering).toBe(true);
  });

  test('believed, of a server that hands over events of another terminal', async () => {
    const { outbox, engine, up, next } = brokenTill(3, 0);
    const other = memoryOutbox('T2');
    other.append(3);
    engine.start();
    (await next()).deliver();
    (await next()).answer({ ok: true, events: [...other.log], head: other.head() });
    await turn();
    expect(up()).toMatchObject({ state: 'refused', refusal: 'not_understood' });
    expect(outbox.log).toEqual([]);
  });

  test('because the copy that was put back is of another history: nothing is mixed', async () => {
    const { outbox, server, disk, engine, up, deliverAll } = testTill();
    const other = memoryOutbox('T1');
    other.append(5, '{"another":"history"}');
    server.naive = true;
    server.log = [...other.log];
    outbox.append(2);
    disk.recovering = true;
    engine.start();
    await deliverAll();
    expect(up()).toMatchObject({ state: 'refused', refusal: 'forked' });
    expect(outbox.log).toHaveLength(2);
    expect(server.log).toHaveLength(5);
  });

  test('because the server says in the end that it has another head: refused', async () => {
    const { outbox, history, disk, engine, up, next } = brokenTill(3, 0);
    engine.start();
    (await next()).deliver();
    (await next()).answer({ ok: true, events: history, head: { seq: 3, hash: 'f'.repeat(64) } });
    await turn();
    expect(up()).toMatchObject({ state: 'refused', refusal: 'forked' });
    expect(disk.recovering).toBe(true);
    expect(outbox.log).toHaveLength(3);
  });
});
