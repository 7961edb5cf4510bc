import { expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import { killLoop } from './kill-loop.ts';

test(
  'a till killed at its sync, and its server: each store opens whole, and in the end all is equal',
  { timeout: 180_000 },
  async () => {
    const report = await killLoop({ rounds: 14, serverEvery: 7, random: seededRandom(31) });
    expect(report).toMatchObject({ tillKills: 14, serverKills: 2, flaws: [] });
    expect(report.sold).toBeGreaterThan(14);
    // It died in the middle of a snapshot as well.
    expect(report.diedWhile['loading']).toBeGreaterThan(0);
  },
);
