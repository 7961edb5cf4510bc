import { describe, expect, test } from 'vitest';
import { helloReplySchema } from './protocol/messages.ts';
import type { SyncLink } from './sync-link.ts';
import { turn } from './test-support/manual-timers.ts';
import { NOON, testTill } from './test-support/test-engine.ts';

const deadLink: SyncLink = {
  hello: () => Promise.reject(new Error('hello on a closed line')),
  push: () => Promise.reject(new Error('push on a closed line')),
  pullEvents: () => Promise.reject(new Error('pull on a closed line')),
  listQuarantined: () => Promise.reject(new Error('list on a closed line')),
  pullChanges: () => Promise.reject(new Error('pull on a closed line')),
  prepareSnapshot: () => Promise.reject(new Error('prepare on a closed line')),
  close: () => undefined,
};

describe('an unknown outcome', () => {
  test('of a push whose answer was lost: hello decides, nothing is doubled or lost', async () => {
    const { outbox, server, engine, up, timers, next, deliverAll } = testTill();
    outbox.append(2);
    engine.start();
    (await next()).deliver();
    (await next()).commitInSilence();
    server.breakLinks('The cable was pulled.');
    expect(up()).toMatchObject({
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

  test('of a push that nobody answers: the line is dropped, and hello asks', async () => {
    const { outbox, server, engine, up, timers, next, deliverAll } = testTill();
    outbox.append(1);
    engine.start();
    (await next()).deliver();
    const push = await next();
    push.commitInSilence();
    push.fail('operation has timed out');
    await turn();
    expect(up()).toMatchObject({ state: 'offline', problem: 'operation has timed out' });
    expect(server.openLinks).toBe(0);
    timers.fire();
    await deliverAll();
    expect(up()).toMatchObject({ state: 'live', ackedThrough: 1, problem: null });
    expect(server.log).toHaveLength(1);
  });

  test('of a hello that nobody answers: asked again on a new line', async () => {
    const { server, engine, up, timers, next, deliverAll } = testTill();
    engine.start();
    (await next()).fail('operation has timed out');
    await turn();
    expect(up()).toMatchObject({ state: 'offline', problem: 'operation has timed out' });
    timers.fire();
    await deliverAll();
    expect(server.opened).toBe(2);
    expect(up()).toMatchObject({ state: 'live', problem: null });
  });

  test('of a hello that is answered in other words than those of the protocol: told in words for people', async () => {
    const { engine, up } = testTill({
      openLink: async () => ({
        ok: true,
        link: { ...deadLink, hello: async () => helloReplySchema.parse({ hello: 'till' }) },
      }),
    });
    engine.start();
    await turn();
    expect(up()).toMatchObject({
      state: 'offline',
      problem: 'The server answered in a way that this till does not understand.',
    });
  });

  test('what a former line still answers is not heard', async () => {
    const { outbox, server, engine, up, timers, next, deliverAll } = testTill();
    outbox.append(2);
    engine.start();
    (await next()).deliver();
    const old = await next();
    server.breakLinks('Cut.');
    timers.fire();
    const hello = await next();
    old.answer({ ok: true, ackedThrough: 2 });
    await turn();
    expect(up()).toMatchObject({ state: 'connecting', ackedThrough: 0 });
    hello.deliver();
    await deliverAll();
    expect(server.log).toEqual(outbox.log);
    old.answer({ ok: false, code: 'malformed', message: 'Late.' });
    await turn();
    expect(up()).toMatchObject({ state: 'live', ackedThrough: 2 });
  });
});

describe('a line that does not come about', () => {
  test('because it closes before it counts as open: it is not used', async () => {
    const closings: string[] = [];
    const { engine, up, timers } = testTill({
      openLink: ({ onClosed }) => {
        onClosed('Closed at once.');
        return Promise.resolve({
          ok: true,
          link: { ...deadLink, close: () => closings.push('closed') },
        });
      },
    });
    engine.start();
    await turn();
    expect(closings).toEqual(['closed']);
    expect(up()).toMatchObject({ state: 'offline', problem: 'Closed at once.' });
    expect(timers.delays()).toHaveLength(1);
  });

  test('because opening throws: one that failed', async () => {
    const { engine, up, timers } = testTill({ openLink: () => Promise.reject(new Error('Invalid URL')) });
    engine.start();
    await turn();
    expect(up()).toMatchObject({ state: 'offline', problem: 'Invalid URL' });
    expect(timers.delays()).toHaveLength(1);
  });

  test('while somebody writes: no wake-up opens a second one', async () => {
    const { outbox, server, engine, timers } = testTill();
    server.refuseOpening(null, 'No answer.');
    engine.start();
    await turn();
    outbox.append(1);
    engine.wake();
    await turn();
    expect([server.opened, timers.delays().length]).toEqual([0, 1]);
  });
});

describe('a transient outcome', () => {
  test('waits longer after each failure, and begins anew once a batch went through', async () => {
    const { outbox, server, engine, timers, next, deliverAll } = testTill();
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

  test('begins anew after each batch of a long backlog, and after a hello when nothing waits', async () => {
    const { outbox, server, engine, timers, next, deliverAll } = testTill({ mostAtOnce: 1 });
    const delays: number[] = [];
    const cut = (): void => {
      server.breakLinks('Cut.');
      delays.push(...timers.delays());
      timers.fire();
    };
    outbox.append(6);
    engine.start();
    for (let round = 0; round < 4; round += 1) {
      (await next()).deliver();
      (await next()).deliver();
      await turn();
      cut();
    }
    await deliverAll();
    for (let round = 0; round < 4; round += 1) {
      cut();
      await deliverAll();
    }
    expect(delays).toEqual(Array.from({ length: 8 }, () => 375));
  });

  test('of a server that greets and takes no batch: it is asked less and less often', async () => {
    const { outbox, engine, up, timers, next } = testTill();
    outbox.append(1);
    const delays: number[] = [];
    engine.start();
    for (let round = 0; round < 3; round += 1) {
      (await next()).deliver();
      (await next()).answer({ ok: false, code: 'unavailable', message: 'The disk of the server is full.' });
      await turn();
      expect(up()).toMatchObject({ state: 'offline', problem: 'The disk of the server is full.' });
      delays.push(...timers.delays());
      timers.fire();
    }
    expect(delays).toEqual([375, 750, 1500]);
  });

  test('of a hello: tried again', async () => {
    const { engine, up, timers, next, deliverAll } = testTill();
    engine.start();
    (await next()).answer({ ok: false, code: 'unavailable', message: 'Starting.' });
    await turn();
    expect(up()).toMatchObject({ state: 'offline', problem: 'Starting.', refusal: null });
    expect(timers.delays()).toEqual([375]);
    timers.fire();
    await deliverAll();
    expect(up()).toMatchObject({ state: 'live', problem: null });
  });

  test('of a connection: tried again soon', async () => {
    const { server, engine, up, timers } = testTill();
    server.refuseOpening({ code: 'unavailable', message: 'Busy.' }, 'Busy.');
    engine.start();
    await turn();
    expect(up()).toMatchObject({ state: 'offline', problem: 'Busy.', refusal: null });
    expect(timers.delays()).toEqual([375]);
  });
});

describe('a server that differs from what it said', () => {
  test('says less than before: what it lost is sent again', async () => {
    const { outbox, server, up, statuses, timers, next, connect, deliverAll } = testTill();
    outbox.append(5);
    await connect();
    server.log = server.log.slice(0, 2);
    server.breakLinks('Restored from a backup.');
    timers.fire();
    (await next()).deliver();
    await turn();
    expect(statuses.map((status) => status.up.ackedThrough)).toContain(2);
    await deliverAll();
    expect(server.log).toEqual(outbox.log);
    expect(up()).toMatchObject({ state: 'live', ackedThrough: 5 });
  });

  test('misses something that we hold for sent: the next hello says from where', async () => {
    const { outbox, server, engine, up, timers, connect, deliverAll } = testTill();
    outbox.append(2);
    await connect();
    server.log = [];
    outbox.append(1);
    engine.wake();
    await deliverAll();
    expect(up()).toMatchObject({ state: 'offline', problem: 'Expected 1.' });
    timers.fire();
    await deliverAll();
    expect(server.log).toEqual(outbox.log);
  });

  test('misses something, which a window of batches notices one after the other: hello is said once', async () => {
    const { outbox, server, engine, up, timers, connect, deliverAll } = testTill({ mostAtOnce: 1 });
    outbox.append(1);
    await connect();
    server.log = [];
    outbox.append(5);
    engine.wake();
    await deliverAll();
    expect(server.pushes.map(({ from }) => from)).toEqual([1, 2, 3, 4]);
    expect(up()).toMatchObject({ state: 'offline', problem: 'Expected 1.' });
    timers.fire();
    await deliverAll();
    expect(server.hellos).toHaveLength(2);
    expect(server.log).toEqual(outbox.log);
  });

  test.each([
    ['more than was written', 99],
    ['less than it was just given', 0],
  ])('acknowledges %s: not believed', async (_name, ackedThrough) => {
    const { outbox, engine, up, timers, next } = testTill();
    outbox.append(2);
    engine.start();
    (await next()).deliver();
    (await next()).answer({ ok: true, ackedThrough });
    await turn();
    expect(outbox.ackedThrough()).toBe(0);
    expect(up()).toMatchObject({ state: 'offline', refusal: null });
    expect(timers.delays()).toHaveLength(1);
  });
});
