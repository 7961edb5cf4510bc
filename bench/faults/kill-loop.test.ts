import { expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import { killLoop } from './kill-loop.ts';

test(
  'a till killed at its sync, and its server: each store opens whole, and in the end all is equal',
  { timeout: 180_000 },
  async () => {
    const report = await killLoop({ rounds: 10, serverEvery: 5, random: seededRandom(31) });
    expect(report).toMatchObject({ tillKills: 10, serverKills: 2, flaws: [] });
    expect(report.sold).toBeGreaterThan(10);
    // It died in the middle of a snapshot as well.
    expect(report.diedWhile['loading']).toBeGreaterThan(0);
  },
);
