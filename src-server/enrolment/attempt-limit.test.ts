import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { HttpFailure } from '../http/http-failure.ts';
import { type AttemptLimit, attemptLimit } from './attempt-limit.ts';

const BOUNDS = { windowMs: 1_000, ofOneAddress: 2, ofAll: 3 };

const outcomeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(String, (error: unknown) => (error as HttpFailure).code ?? 'wrong');
const guess = (limit: AttemptLimit, address: string) =>
  outcomeOf(limit.attempt(address, () => Promise.reject(new Error('no such code'))));
const enrol = (limit: AttemptLimit, address: string) =>
  outcomeOf(limit.attempt(address, () => Promise.resolve('a till')));

it('failures are limited for one address, for all of them, and not for ever', async () => {
  let now = 0;
  const limit = attemptLimit(() => now, BOUNDS);
  const outcomes: string[] = [];
  for (const address of ['a', 'a', 'a', 'b', 'b']) outcomes.push(await guess(limit, address));
  expect(outcomes).toEqual(['wrong', 'wrong', 'too_many_attempts', 'wrong', 'too_many_attempts']);
  now = 1_000;
  expect(await guess(limit, 'a')).toBe('wrong');
});

it('a shop is set up in a minute: tries that gave a till cost nothing', async () => {
  const limit = attemptLimit(() => 0, BOUNDS);
  for (let till = 0; till < 30; till += 1) expect(await enrol(limit, 'a')).toBe('a till');
  expect(await guess(limit, 'a')).toBe('wrong');
  expect(await enrol(limit, 'a')).toBe('a till');
  expect(await guess(limit, 'a')).toBe('wrong');
  expect(await enrol(limit, 'a')).toBe('too_many_attempts');
});

it('of guesses under way at the same time no more get through, also over the end of a window', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          address: fc.constantFrom('a', 'b', 'c'),
          isRight: fc.boolean(),
          /** How many begin before this one ends. */
          lasts: fc.nat(8),
          pause: fc.constantFrom(0, 0, 0, 400),
        }),
        { maxLength: 60 },
      ),
      async (tries) => {
        let now = 0;
        const limit = attemptLimit(() => now, BOUNDS);
        const underWay: { end: () => Promise<void>; at: number; readonly address: string }[] = [];
        /** When each failed that was let through. */
        const failures: { readonly at: number; readonly address: string }[] = [];
        const endThose = async (through: number) => {
          for (const one of underWay.filter(({ at }) => at <= through)) await one.end();
        };
        for (const [index, { address, isRight, lasts, pause }] of tries.entries()) {
          now += pause;
          await endThose(index);
          let settle = (): void => undefined;
          let begun = false;
          const done = outcomeOf(
            limit.attempt(address, () => {
              begun = true;
              return new Promise((resolve, reject) => {
                settle = () => (isRight ? resolve('a till') : reject(new Error('no such code')));
              });
            }),
          );
          if (!begun) {
            expect(await done).toBe('too_many_attempts');
            continue;
          }
          const entry = {
            address,
            at: index + lasts,
            end: async () => {
              underWay.splice(underWay.indexOf(entry), 1);
              settle();
              if ((await done) === 'wrong') failures.push({ at: now, address });
            },
          };
          underWay.push(entry);
          const own = underWay.filter((one) => one.address === address);
          expect(own.length).toBeLessThanOrEqual(BOUNDS.ofOneAddress);
          expect(underWay.length).toBeLessThanOrEqual(BOUNDS.ofAll);
        }
        await endThose(Infinity);
        // Two windows may meet: what failed within the time of one is at most what two of them let through.
        for (const { at } of failures) {
          const within = failures.filter((other) => other.at >= at && other.at < at + BOUNDS.windowMs);
          expect(within.length).toBeLessThanOrEqual(2 * BOUNDS.ofAll);
          for (const address of ['a', 'b', 'c']) {
            const own = within.filter((other) => other.address === address);
            expect(own.length).toBeLessThanOrEqual(2 * BOUNDS.ofOneAddress);
          }
        }
      },
    ),
  );
});
