/**
 * Random lives of a till and its server. Whatever happened, after everything is healed the server's log is the
 * till's log: all of it, once, in order.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SyncEngine } from './engine.ts';
import { manualTimers, turn } from './test-support/manual-timers.ts';
import { memoryOutbox } from './test-support/memory-outbox.ts';
import { simulatedServer } from './test-support/simulated-server.ts';

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('append'), count: fc.constantFrom(1, 2, 3, 4, 12, 13) }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('answer'), which: fc.nat({ max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lose the answer'), which: fc.nat({ max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cannot now') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('drop the line') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash before the commit') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash after the commit') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore'), share: fc.nat({ max: 100 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('refuse to open') }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('time passes') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart the till') }) },
);
type Step = { kind: string; count?: number; which?: number; share?: number };

function life(mostAtOnce: number, random: () => number) {
  const outbox = memoryOutbox('T1', mostAtOnce);
  const server = simulatedServer();
  const timers = manualTimers();
  const start = (): SyncEngine => {
    const engine = new SyncEngine({
      terminalId: 'T1',
      outbox,
      openLink: server.openLink,
      now: () => new Date('2026-11-23T12:00:00.000Z'),
      random,
      setTimer: timers.set,
      onStatus: () => undefined,
    });
    engine.start();
    return engine;
  };
  let engine = start();
  const act = ({ kind, count = 1, which = 0, share = 0 }: Step): void => {
    const request = server.waiting[which % Math.max(1, server.waiting.length)];
    switch (kind) {
      case 'append':
        outbox.append(count);
        engine.wake();
        return;
      case 'answer':
        // One connection keeps the order of its requests; its answers may come in any.
        server.waiting[0]?.deliver();
        return;
      case 'lose the answer':
        server.waiting[0]?.commitInSilence();
        return;
      case 'cannot now':
        request?.answer({ ok: false, code: 'unavailable', message: 'Not now.' });
        return;
      case 'drop the line':
        server.breakLinks('dropped');
        return;
      case 'crash after the commit':
        for (const waiting of server.waiting) waiting.commitInSilence();
        server.breakLinks('crashed');
        return;
      case 'crash before the commit':
        server.breakLinks('crashed');
        return;
      case 'restore':
        server.log = server.log.slice(0, Math.floor((server.log.length * share) / 100));
        server.breakLinks('restored');
        return;
      case 'refuse to open':
        server.refuseOpening(null, 'No answer.');
        return;
      case 'restart the till':
        engine.stop();
        engine = start();
        return;
      default:
        timers.fire();
    }
  };
  const heal = async (): Promise<boolean> => {
    // What was lost in silence is noticed by the timeout, which the simulated line leaves to the test.
    server.breakLinks('healed');
    for (let round = 0; round < 10_000; round += 1) {
      await turn();
      const [next] = server.waiting;
      if (next) next.deliver();
      else if (timers.delays().length > 0) timers.fire();
      else if (server.log.length === outbox.log.length) return true;
      else return false;
    }
    return false;
  };
  return { outbox, server, act, heal, status: () => engine.status(), stop: () => engine.stop() };
}

test('after healing the server has the history exactly, whatever happened before', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 6 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      async (steps, mostAtOnce, chance) => {
        const { outbox, server, act, heal, status, stop } = life(mostAtOnce, () => chance);
        for (const one of steps) {
          act(one);
          await turn();
          // The cursor never says more than the server has had, and the server never has what was not written.
          expect(server.log).toEqual(outbox.log.slice(0, server.log.length));
          expect(status().state).not.toBe('refused');
        }
        expect(await heal()).toBe(true);
        expect(server.log).toEqual(outbox.log);
        expect(status()).toMatchObject({ state: 'live', ackedThrough: outbox.log.length, problem: null });
        expect(server.mostInFlight).toBeLessThanOrEqual(3);
        stop();
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);
