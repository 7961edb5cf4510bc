/**
 * Random lives of a till and its server, as commands over a model of what must be there; fast-check also chooses in which
 * order answers come. Whatever happened, after everything is healed the server's log is the till's log: all of it,
 * once, in order, and no event that either disk still had is missing.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Flow } from './protocol/messages.ts';
import { EngineWorld } from './test-support/engine-world.ts';
import { turn } from './test-support/manual-timers.ts';
import { orderOfTasks } from './test-support/order-of-tasks.ts';

/** Payloads of the events that must survive, in order. */
interface Model {
  history: string[];
}

type Command = fc.AsyncCommand<Model, EngineWorld>;

/** @param act what it does to the world. Only where a disk is put back may anything be lost, and never is the order. */
function command(
  name: string,
  act: (world: EngineWorld) => void | Promise<void>,
  changesHistory: 'keeps' | 'writes' | 'loses' = 'keeps',
): Command {
  return {
    toString: () => name,
    check: () => true,
    async run(model, world) {
      await act(world);
      await turn();
      const now = world.history();
      const before = model.history;
      if (changesHistory === 'keeps') expect(now).toEqual(before);
      else if (changesHistory === 'writes') expect(now.slice(0, before.length)).toEqual(before);
      else expect(now).toEqual(before.filter((payload) => now.includes(payload)));
      model.history = now;
      expect(world.flaws()).toEqual([]);
    },
  };
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
const flow: fc.Arbitrary<Flow | undefined> = fc.option(
  fc.record({
    maxEvents: fc.integer({ min: 1, max: 5 }),
    maxBytes: fc.constant(1_000_000),
    window: fc.integer({ min: 1, max: 8 }),
    pauseMs: fc.constantFrom(0, 0, 50, 5_000),
  }),
  { nil: undefined },
);
const some = fc.integer({ min: 1, max: 4 });

const step: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(1, 2, 3, 4, 12, 13), fc.integer({ min: 0, max: 5 }))
      .map(([count, luck]) =>
        command(
          `write ${count}${luck > 0 ? '' : ' unusable'}`,
          (world) => world.write(count, luck > 0),
          'writes',
        ),
      ),
  },
  {
    weight: 10,
    arbitrary: some.map((count) => command(`the server works ${count}`, (world) => world.serve(count))),
  },
  {
    weight: 8,
    arbitrary: some.map((count) => command(`${count} answers come`, (world) => world.deliver(count))),
  },
  {
    weight: 5,
    arbitrary: fc
      .integer({ min: 1, max: 12 })
      .map((rounds) =>
        command(`all goes well ${rounds} times`, async (world) => void (await world.goWell(rounds))),
      ),
  },
  { weight: 3, arbitrary: fc.constant(command('time passes', (world) => void world.timers.runNext())) },
  {
    weight: 2,
    arbitrary: fc.nat({ max: 6_000 }).map((ms) => command(`${ms} ms pass`, (world) => world.timers.pass(ms))),
  },
  {
    weight: 3,
    arbitrary: flow.map((told) =>
      command(`the server directs ${JSON.stringify(told)}`, ({ server }) => {
        server.flow = told;
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.boolean().map((pausing) =>
      command(pausing ? 'the server pauses' : 'the server goes on', ({ server }) => {
        server.pausing = pausing;
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      command('the answer is lost', ({ server }) => server.waiting[0]?.commitInSilence()),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat({ max: 3 }).map((which) =>
      command('the server cannot now', ({ server }) => {
        server.waiting[which]?.answer({ ok: false, code: 'unavailable', message: 'Not now.' });
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(command('the line breaks', ({ server }) => server.breakLinks('dropped'))),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      command('the server dies after the commit', ({ server }) => {
        for (const waiting of server.waiting) waiting.commitInSilence();
        server.breakLinks('crashed');
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      command('the next opening fails', ({ server }) => server.refuseOpening(null, 'No answer.')),
    ),
  },
  { weight: 1, arbitrary: fc.constant(command('the till is restarted', (world) => world.restartTill())) },
  {
    weight: 1,
    arbitrary: share.map((kept) =>
      command(`the server is put back to ${kept}`, (world) => world.putServerBack(kept), 'loses'),
    ),
  },
  {
    weight: 2,
    arbitrary: share.map((kept) =>
      command(`the disk is put back to ${kept}`, (world) => world.putDiskBack(kept), 'loses'),
    ),
  },
);

const RUNS = 1_000;
/** Each in one of twenty lives at least. */
const WHAT_MUST_HAPPEN = [
  'live',
  'catching_up',
  'recovering',
  'a page came back',
  'paused',
  'sent again on the same line',
  'quarantined',
  'cursor taken back',
  'an answer of a former line',
];

test('after healing the server has the history exactly, whatever happened before', async () => {
  const lives = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      orderOfTasks,
      fc.commands([step], { maxCommands: 60, size: 'max' }),
      fc.integer({ min: 1, max: 6 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      async ({ scheduler }, life, mostAtOnce, chance) => {
        const world = new EngineWorld(scheduler, mostAtOnce, () => chance);
        const model: Model = { history: [] };
        try {
          await fc.asyncModelRun(() => ({ model, real: world }), life);
          expect(await world.heal()).toBe(true);
          expect(world.flaws()).toEqual([]);
          expect(world.server.log.map(({ payload }) => payload)).toEqual(model.history);
          expect(world.server.log).toEqual(world.outbox.log);
          const unusable = world.server.quarantined();
          expect(world.up()).toMatchObject({
            state: 'live',
            ackedThrough: model.history.length,
            problem: null,
            paused: false,
            quarantined: { count: unusable.length },
          });
          expect(world.up().quarantined.newest[0]?.seq).toBe(unusable.at(-1)?.seq);
        } finally {
          world.stop();
          for (const what of world.seen) lives.set(what, (lives.get(what) ?? 0) + 1);
        }
      },
    ),
    { numRuns: RUNS },
  );
  // A life in which nothing happens proves nothing.
  const rare = WHAT_MUST_HAPPEN.filter((what) => (lives.get(what) ?? 0) < RUNS / 20);
  expect(rare).toEqual([]);
}, 120_000);
