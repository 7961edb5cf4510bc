/** More rounds: `node bench/faults/power-cuts.ts --rounds N --json`. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import { powerCutsOfServer } from './power-cuts-of-server.ts';
import { powerCutsOfTill } from './power-cuts-of-till.ts';
import { canCompileLayer } from './unsynced-layer.ts';

describe.skipIf(!canCompileLayer)('power cuts of a selling till', () => {
  test('take no sale that the cashier was told', { timeout: 120_000 }, async () => {
    const report = await powerCutsOfTill({ rounds: 20, synchronous: 'FULL', random: seededRandom(11) });
    expect(report).toMatchObject({ rounds: 20, lost: 0, flaws: [] });
    expect(report.sales).toBeGreaterThan(20);
    // Something was there to be lost: the cuts hit a disk with un-synced changes on it.
    expect(report.unsynced).toBeGreaterThan(20);
  });

  test(
    'take sales where commits are not synced: these tests would notice it',
    { timeout: 60_000 },
    async () => {
      const report = await powerCutsOfTill({ rounds: 4, synchronous: 'NORMAL', random: seededRandom(12) });
      expect(report.lost).toBeGreaterThan(0);
    },
  );
});

describe.skipIf(!canCompileLayer)('power cuts of a server with its embedded database', () => {
  test('take no event that a till had acknowledged', { timeout: 120_000 }, async () => {
    const report = await powerCutsOfServer({ rounds: 3, random: seededRandom(21) });
    expect(report).toMatchObject({ rounds: 3, lost: 0, flaws: [] });
    expect(report.acknowledged).toBeGreaterThan(0);
    expect(report.unsynced).toBeGreaterThan(0);
  });

  test(
    'take events where the disk lies about its syncs: these tests would notice it',
    { timeout: 60_000 },
    async () => {
      const report = await powerCutsOfServer({ rounds: 1, random: seededRandom(22), deaf: true });
      expect(report.lost).toBeGreaterThan(0);
    },
  );
});
