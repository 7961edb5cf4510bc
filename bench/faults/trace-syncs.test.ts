import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TemporaryFolder } from '#main/test-support/temporary-folder.ts';
import { removeTillTemplate, testTillFolder } from '#main/test-support/test-till.ts';
import { canTrace, traceSales } from './trace-syncs.ts';

const SALES = 15;

describe.skipIf(!canTrace)('what a sale asks of the disk', () => {
  let folder: string;
  let temporary: TemporaryFolder;
  beforeEach(async () => {
    ({ folder, temporary } = await testTillFolder());
  });
  afterEach(() => temporary.remove());
  afterAll(removeTillTemplate);

  const traced = (synchronous: 'FULL' | 'NORMAL') =>
    traceSales({ folder, synchronous, sales: SALES, trace: temporary.join('trace') });

  test('each sale is synced before it is answered', () => {
    const sales = traced('FULL');
    expect(sales).toHaveLength(SALES);
    expect(sales.filter(({ syncs }) => syncs === 0)).toEqual([]);
  });

  test('with synchronous=NORMAL it is not: this test would notice it', () => {
    const sales = traced('NORMAL');
    expect(sales).toHaveLength(SALES);
    // A checkpoint may fall into one.
    expect(sales.filter(({ syncs }) => syncs === 0).length).toBeGreaterThan(SALES / 2);
  });
});
