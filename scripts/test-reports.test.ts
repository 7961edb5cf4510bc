import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readPlaywrightReport, readVitestReport } from './test-reports.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-reports-'));
afterAll(() => rmSync(folder, { recursive: true }));

function report(value: unknown): string {
  const file = path.join(folder, 'report.json');
  writeFileSync(file, JSON.stringify(value));
  return file;
}

describe('the count of a run', () => {
  it('has a file that did not load as one failure', () => {
    const file = report({
      numPassedTests: 3,
      numFailedTests: 1,
      numPendingTests: 2,
      testResults: [
        { status: 'passed', assertionResults: [{}] },
        { status: 'failed', assertionResults: [{}] },
        { status: 'failed', assertionResults: [] },
      ],
    });
    expect(readVitestReport(file)).toEqual({ passed: 3, failed: 2, skipped: 2 });
  });

  it('has a flaky test as a failure', () => {
    const file = report({ stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 0 } });
    expect(readPlaywrightReport(file)).toEqual({ passed: 5, failed: 2, skipped: 0 });
  });

  it('is no count at all when the report is none', () => {
    expect(() => readVitestReport(report({ numPassedTests: 'many' }))).toThrow('numPassedTests');
    expect(() => readPlaywrightReport(path.join(folder, 'gone.json'))).toThrow('ENOENT');
  });
});
