/** More lives: `node bench/faults/care-kills.ts --lives N --json`. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import { JOB_NAMES } from './care-jobs.ts';
import { killJobs } from './kill-jobs.ts';
import { SABOTAGED } from './sabotaged-jobs.ts';
import { canCompileLayer } from './unsynced-layer.ts';

describe('a till that is killed in the middle of', () => {
  test.each(JOB_NAMES)('%s opens whole, and does it again', { timeout: 120_000 }, async (job) => {
    const random = seededRandom(41);
    const report = await killJobs({ job, swept: 3, powerCuts: 2, timed: 1, random });
    expect(report.flaws).toEqual([]);
    expect(report.kills).toBeGreaterThan(canCompileLayer ? 3 : 0);
  });
});

describe.skipIf(!canCompileLayer)('these tests would notice', () => {
  test.each(SABOTAGED)('%s', { timeout: 120_000 }, async (job) => {
    const random = seededRandom(42);
    const report = await killJobs({ job, swept: 5, powerCuts: 0, timed: 0, random, endAtFlaw: true });
    expect(report.flaws).not.toEqual([]);
    // Right as long as nothing dies in it.
    expect(report.flaws.filter((flaw) => flaw.startsWith('not killed'))).toEqual([]);
  });
});
