/**
 * Random lives of a down-sync, as commands over a model of what a mirror may show; fast-check's scheduler chooses what comes before
 * what, commands included. It never does two things at once, never takes a page that does not begin where the mirror is, nor what
 * a former line still tells, begins nothing after a stop, and once all goes well the mirror is the server.
 *
 * To live a failed life again: the `seed` and `path` that are printed, given to its fc.assert, and the `replayPath` behind the
 * commands, given to its fc.commands.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Mood, Stock } from '../test-support/down-server.ts';
import { DownWorld } from '../test-support/down-world.ts';
import { turn } from '../test-support/manual-timers.ts';
import { orderOfTasks } from '../test-support/order-of-tasks.ts';

interface Model {
  /** At each cursor that there ever was, the stock there: a mirror shows one of them, whole. */
  readonly were: Map<string, Stock>;
  readonly atStop: { readonly asked: number; readonly downloads: number } | null;
}

type MutableModel = { -readonly [Key in keyof Model]: Model[Key] };
type Command = fc.AsyncCommand<MutableModel, DownWorld>;

function note({ were }: Model, { server }: DownWorld): void {
  were.set(server.cursor(), server.stock());
}

function begin(world: DownWorld): () => { readonly model: MutableModel; readonly real: DownWorld } {
  const model: MutableModel = { were: new Map(), atStop: null };
  note(model, world);
  return () => ({ model, real: world });
}

function holdTo({ were }: Model, { disk, flaws }: DownWorld): void {
  expect(flaws).toEqual([]);
  expect(disk.stock).toEqual(disk.cursor === null ? new Map() : were.get(disk.cursor));
}

function command(
  name: string,
  act: (world: DownWorld, model: MutableModel) => void,
  isPossible: (model: Model) => boolean = () => true,
): Command {
  return {
    toString: () => name,
    check: isPossible,
    async run(model, world) {
      holdTo(model, world);
      act(world, model);
      await turn();
      holdTo(model, world);
    },
  };
}

const always = (weight: number, name: string, act: (world: DownWorld) => void) => ({
  weight,
  arbitrary: fc.constant(command(name, act)),
});

const changes = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.boolean())
  .map(([count, pokes]) => change(count, pokes));

function change(count: number, pokes: boolean): Command {
  return command(`the server changes ${count}${pokes ? ' and says so' : ''}`, (world, model) => {
    for (let one = 0; one < count; one += 1) {
      world.server.change();
      note(model, world);
    }
    if (pokes) world.poke();
  });
}

function pass(min: number, max: number): fc.Arbitrary<Command> {
  return fc.integer({ min, max }).map((ms) => command(`${ms} ms pass`, (world) => world.timers.pass(ms)));
}

const step: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: changes },
  always(4, 'a poke', (world) => world.poke()),
  always(8, 'the line opens', (world) => world.openLine()),
  always(3, 'the line breaks', (world) => world.breakLine()),
  always(12, 'time passes', (world) => void world.timers.runNext()),
  { weight: 2, arbitrary: pass(-5_000, 40_000) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom<Mood>('well', 'well', 'well', 'well', 'well', 'well', 'unavailable', 'nonsense', 'broken')
      .map((mood) =>
        command(`the server is ${mood}`, ({ server }) => {
          server.mood = mood;
        }),
      ),
  },
  always(3, 'the download breaks', ({ server }) => {
    server.breaksDownload = true;
  }),
  always(3, 'the download is spoilt', ({ server }) => {
    server.spoilsDownload = true;
  }),
  always(2, 'the disk is full', ({ disk }) => {
    disk.isFull = true;
  }),
  always(1, 'the server tells old changes no more', ({ server }) => server.trim()),
  {
    weight: 1,
    arbitrary: fc.double({ min: 0, max: 1, noNaN: true }).map((share) =>
      command(`the server is restored to ${share}`, (world, model) => {
        world.server.restore(share);
        note(model, world);
      }),
    ),
  },
);

const restart = always(1, 'the till is restarted', (world) => world.restartTill());
const stop = command(
  'the till is stopped',
  (world, model) => {
    world.stop();
    model.atStop = { asked: world.asked, downloads: world.downloads };
  },
  ({ atStop }) => atStop === null,
);

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** What happened in how many lives. */
class Lives {
  private readonly counts = new Map<string, number>();

  add({ seen }: DownWorld): void {
    for (const what of seen) this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** What did not happen in so many lives at least: they prove nothing of it. */
  rare(lives: number, expected: readonly string[]): string[] {
    return expected.filter((what) => (this.counts.get(what) ?? 0) < lives);
  }
}

const RUNS = 1_200;
const LOOKS_AT_MOST_EVERY_MS = 15_000;

describe('a down-sync', () => {
  test('has all of the server in the end, whatever happened, and then asks now and then', async () => {
    const lives = new Lives();
    await fc.assert(
      fc.asyncProperty(
        orderOfTasks,
        fc.commands([fc.oneof({ weight: 47, arbitrary: step }, restart)], {
          maxCommands: 60,
          size: 'max',
        }),
        chance,
        async ({ scheduler }, life, random) => {
          const world = new DownWorld(scheduler, () => random);
          const began = begin(world);
          await fc.scheduledModelRun(scheduler, began, life);
          lives.add(world);
          await world.goWell();
          holdTo(began().model, world);
          expect(world.isEqual()).toBe(true);
          const { asked } = world;
          await world.letPass(300_000);
          expect(world.asked - asked).toBeLessThanOrEqual(300_000 / LOOKS_AT_MOST_EVERY_MS + 1);
          expect(world.asked - asked).toBeGreaterThan(0);
          holdTo(began().model, world);
        },
      ),
      { numRuns: RUNS },
    );
    expect(
      lives.rare(RUNS / 20, [
        'a page',
        'a page of several',
        'a page without room',
        'a first snapshot',
        'another snapshot',
        'a refused snapshot',
        'a download that went on',
        'a line lost under way',
        'a stop under way',
        'a poke under way',
        'an answer of a former line',
      ]),
    ).toEqual([]);
    expect(lives.rare(RUNS / 50, ['a piece of a former line'])).toEqual([]);
  }, 60_000);

  test('begins nothing after a stop, whenever it comes', async () => {
    const lives = new Lives();
    const runs = 600;
    await fc.assert(
      fc.asyncProperty(
        orderOfTasks,
        fc.commands(
          [fc.oneof({ weight: 23, arbitrary: step }, { weight: 1, arbitrary: fc.constant(stop) })],
          {
            maxCommands: 55,
            size: 'max',
          },
        ),
        chance,
        async ({ scheduler }, life, random) => {
          const world = new DownWorld(scheduler, () => random);
          const began = begin(world);
          await fc.scheduledModelRun(scheduler, began, [...life, stop]);
          lives.add(world);
          const { model } = began();
          expect(world.timers.runNext()).toBe(false);
          expect({ asked: world.asked, downloads: world.downloads }).toEqual(model.atStop);
          holdTo(model, world);
        },
      ),
      { numRuns: runs },
    );
    expect(lives.rare(runs / 20, ['a stop under way', 'an answer of a former line'])).toEqual([]);
  }, 60_000);

  test('hears a poke whenever it comes, within a second behind the answer to what it asks', async () => {
    const lives = new Lives();
    const runs = 600;
    await fc.assert(
      fc.asyncProperty(
        orderOfTasks,
        fc.commands(
          [
            fc.integer({ min: 1, max: 5 }).map((count) => change(count, true)),
            pass(0, 3_000),
            fc.constant(command('time passes', (world) => void world.timers.runNext())),
          ],
          { maxCommands: 20, size: 'max' },
        ),
        chance,
        async ({ scheduler }, life, random) => {
          const world = new DownWorld(scheduler, () => random);
          const began = begin(world);
          await world.goWell();
          await fc.scheduledModelRun(scheduler, began, life);
          await world.letPass(1_000);
          holdTo(began().model, world);
          expect(world.isEqual()).toBe(true);
          lives.add(world);
        },
      ),
      { numRuns: runs },
    );
    expect(lives.rare(runs / 20, ['a poke under way', 'a page of several'])).toEqual([]);
  }, 60_000);

  test.each<[string, (world: DownWorld) => void]>([
    ['cannot now', ({ server }) => (server.mood = 'unavailable')],
    ['is not understood', ({ server }) => (server.mood = 'nonsense')],
    ['knows no way on from its own snapshot', ({ server }) => (server.forgetsAll = true)],
  ])(
    'asks a server that %s less and less often, and takes up where it is when it can',
    async (_name, spoil) => {
      await fc.assert(
        fc.asyncProperty(orderOfTasks, chance, async ({ scheduler }, random) => {
          const world = new DownWorld(scheduler, () => random);
          const { model, real } = begin(world)();
          await change(4, false).run(model, real);
          await world.goWell();
          spoil(world);
          await change(4, true).run(model, real);
          const { asked, downloads } = world;
          await world.letPass(600_000);
          expect(world.asked - asked).toBeLessThan(300);
          expect(world.downloads - downloads).toBeLessThan(100);
          await world.goWell();
          holdTo(model, world);
          expect(world.isEqual()).toBe(true);
        }),
        { numRuns: 20 },
      );
    },
  );
});
