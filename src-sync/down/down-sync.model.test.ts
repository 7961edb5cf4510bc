/**
 * Random lives of a down-sync: what is under way ends when fast-check says so, and at each of its awaits anything may happen. It
 * never does two things at once, never takes a page that does not begin where the mirror is, begins nothing after a stop, and once
 * all goes well the mirror is the server.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DownWorld, type Mood } from '../test-support/down-world.ts';
import { turn } from '../test-support/manual-timers.ts';

type Command = fc.AsyncCommand<object, DownWorld>;

function command(name: string, act: (world: DownWorld) => void | Promise<void>): Command {
  return {
    toString: () => name,
    check: () => true,
    async run(_model, world) {
      await act(world);
      await turn();
      expect(world.flaws).toEqual([]);
    },
  };
}

const always = (weight: number, name: string, act: (world: DownWorld) => void) => ({
  weight,
  arbitrary: fc.constant(command(name, act)),
});

/** Whatever is next: an end of what is under way, or of a wait. */
async function goOn(world: DownWorld, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await turn();
    if (world.isWorking()) world.deliver(1);
    else world.timers.runNext();
  }
}

const some = fc.integer({ min: 1, max: 5 });

const step: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(some, fc.boolean())
      .map(([count, pokes]) =>
        command(`the server changes ${count}${pokes ? ' and says so' : ''}`, (world) =>
          world.change(count, pokes),
        ),
      ),
  },
  {
    weight: 14,
    arbitrary: some.map((count) => command(`${count} ends come`, (world) => world.deliver(count))),
  },
  {
    weight: 10,
    arbitrary: fc
      .integer({ min: 1, max: 15 })
      .map((count) => command(`it goes on ${count} times`, (world) => goOn(world, count))),
  },
  always(4, 'a poke', (world) => world.poke()),
  always(8, 'the line opens', (world) => world.openLine()),
  always(1, 'the line breaks', (world) => world.breakLine()),
  always(5, 'time passes', (world) => void world.timers.runNext()),
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: -5_000, max: 40_000 })
      .map((ms) => command(`${ms} ms pass`, (world) => world.timers.pass(ms))),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom<Mood>('well', 'well', 'well', 'well', 'unavailable', 'nonsense', 'broken')
      .map((mood) =>
        command(`the server is ${mood}`, (world) => {
          world.mood = mood;
        }),
      ),
  },
  always(3, 'the download breaks', (world) => {
    world.breaksDownload = true;
  }),
  always(3, 'the download is spoilt', (world) => {
    world.spoilsDownload = true;
  }),
  always(1, 'the server tells old changes no more', (world) => world.trim()),
  {
    weight: 1,
    arbitrary: fc
      .double({ min: 0, max: 1, noNaN: true })
      .map((share) => command('the server is restored', (world) => world.restoreServer(share))),
  },
);

const RUNS = 600;
/** Each in one of twenty lives at least. */
const WHAT_MUST_HAPPEN = [
  'a page',
  'a page of several',
  'a first snapshot',
  'another snapshot',
  'a refused snapshot',
  'a download that went on',
  'a line lost under way',
];
const LOOKS_AT_MOST_EVERY_MS = 15_000;

/** Lets everything end, for so long. */
async function letPass(world: DownWorld, ms: number): Promise<void> {
  const until = world.timers.date().getTime() + ms;
  while (world.timers.date().getTime() < until) {
    await turn();
    if (world.isWorking()) world.deliver(1);
    else if (!world.timers.runNext()) return;
  }
}

describe('a down-sync', () => {
  test('has all of the server in the end, whatever happened, and then asks now and then', async () => {
    const lives = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.commands([step], { maxCommands: 60, size: 'max' }), async (commands) => {
        const world = new DownWorld();
        await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
        for (const what of world.seen) lives.set(what, (lives.get(what) ?? 0) + 1);
        await world.goWell(turn);
        expect(world.flaws).toEqual([]);
        expect(world.isEqual()).toBe(true);
        const { asked } = world;
        await letPass(world, 300_000);
        expect(world.asked - asked).toBeLessThanOrEqual(300_000 / LOOKS_AT_MOST_EVERY_MS + 1);
        expect(world.asked - asked).toBeGreaterThan(0);
        expect(world.flaws).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    expect(WHAT_MUST_HAPPEN.filter((what) => (lives.get(what) ?? 0) < RUNS / 20)).toEqual([]);
  }, 60_000);

  test('begins nothing after a stop, whenever it comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.commands([step], { maxCommands: 40, size: 'max' }),
        fc.commands([step], { maxCommands: 15 }),
        async (before, after) => {
          const world = new DownWorld();
          await fc.asyncModelRun(() => ({ model: {}, real: world }), before);
          world.stop();
          await fc.asyncModelRun(() => ({ model: {}, real: world }), after);
          while (world.isWorking()) {
            world.deliver(1);
            await turn();
          }
          const { asked, downloads } = world;
          expect(world.timers.runNext()).toBe(false);
          expect(world.flaws).toEqual([]);
          expect({ asked: world.asked, downloads: world.downloads }).toEqual({ asked, downloads });
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);

  test('hears a poke that comes while it asks, within a second behind the answer', async () => {
    const world = new DownWorld();
    await world.goWell(turn);
    await letPass(world, 20_000);
    world.change(1, true);
    await turn();
    // The page is made; what comes now is not in it.
    world.deliver(1);
    world.change(1, true);
    await letPass(world, 1_000);
    expect(world.state()).toMatchObject(world.server());
    expect(world.flaws).toEqual([]);
  });

  test.each<[string, (world: DownWorld) => void]>([
    ['cannot now', (world) => (world.mood = 'unavailable')],
    ['is not understood', (world) => (world.mood = 'nonsense')],
    ['knows no way on from its own snapshot', (world) => (world.forgetsAll = true)],
  ])(
    'asks a server that %s less and less often, and takes up where it is when it can',
    async (_name, spoil) => {
      const world = new DownWorld();
      world.change(4, false);
      await world.goWell(turn);
      spoil(world);
      world.change(4, true);
      const { asked, downloads } = world;
      await letPass(world, 600_000);
      expect(world.asked - asked).toBeLessThan(300);
      expect(world.downloads - downloads).toBeLessThan(100);
      await world.goWell(turn);
      expect(world.flaws).toEqual([]);
      expect(world.isEqual()).toBe(true);
    },
  );
});
