import { expect, test } from 'vitest';
import { runSeed } from './run-seed.ts';
import { splitRandom } from './world/split-random.ts';
import { virtualTime } from './world/virtual-time.ts';

test('a seed lives the same life twice, to the last message', async () => {
  for (const seed of [3, 17, 26]) {
    const [once, again] = [
      await runSeed(seed, { keepTrace: true }),
      await runSeed(seed, { keepTrace: true }),
    ];
    expect(again.trace).toEqual(once.trace);
    expect(again.fingerprint).toBe(once.fingerprint);
    expect(once.steps).toBeGreaterThan(100);
  }
});

test('the trace is what the fingerprint is of: other seeds have another one', async () => {
  const prints = new Set<string>();
  for (let seed = 1; seed <= 5; seed += 1) prints.add((await runSeed(seed)).fingerprint);
  expect(prints.size).toBe(5);
});

test('actors draw for themselves: each seed and each name has a generator of its own', () => {
  const first = (seed: number, name: string) => splitRandom(seed, name)();
  const drawn = [1, 2, 3, 10, 12].flatMap((seed) =>
    ['network', 'server', 'till T1'].map((name) => first(seed, name)),
  );
  expect(new Set(drawn).size).toBe(drawn.length);
});

test('virtual time goes from event to event, in the order of their setting within a millisecond', () => {
  const time = virtualTime();
  const seen: string[] = [];
  const set = (ms: number, name: string) => time.setTimer(() => seen.push(`${name} at ${time.now()}`), ms);
  set(30, 'last');
  set(10, 'first');
  set(10, 'second');
  set(20, 'cancelled')();
  set(500, 'later');
  for (let work = time.next(100); work; work = time.next(100)) work();
  expect(seen).toEqual(['first at 10', 'second at 10', 'last at 30']);
  expect(time.now()).toBe(100);
});
