/** Every proof of the project, one after the other (two cores), and their sum. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Count, readPlaywrightReport, readVitestReport } from './test-reports.ts';
import { findChromium, installTestTools } from './test-tools.ts';
import { runTool } from './toolchain.mjs';

/** Rounds of the torture that every run affords; a longer one is `npm run torture -- --rounds N`. */
const TORTURE_ROUNDS = '50';
/** Lives of tills, server and network; more by `npm run simulate`. */
const SIMULATION = ['--seeds', '500'];
/** Each kind of kill once; a longer one is `npm run torture:server`. */
const SERVER_TORTURE = ['--rounds', '6', '--sales', '2000'];

// The closing line is what a run is judged by: it comes even when this script itself fails.
process.on('uncaughtException', (error) => {
  console.error(error);
  console.log('0 passed, 1 failed');
  process.exit(1);
});

const reports = mkdtempSync(path.join(tmpdir(), 'holdfast-tests-'));

installTestTools();
const counts = [
  run('format, lint and types', () => single(runTool('node', ['scripts/check-code.ts']))),
  run('unit and integration', runVitest),
  run('end to end', runPlaywright),
  run('simulation', () => single(runTool('node', ['bench/simulate/main.ts', ...SIMULATION, '--json']))),
  run('torture', () =>
    single(runTool('node', ['bench/torture/main.ts', '--rounds', TORTURE_ROUNDS, '--json'])),
  ),
  run('torture of the servers', () =>
    single(runTool('node', ['bench/torture-server/main.ts', ...SERVER_TORTURE, '--json'])),
  ),
];
rmSync(reports, { recursive: true });

const passed = sum((count) => count.passed);
const failed = sum((count) => count.failed);
const skipped = sum((count) => count.skipped);
if (skipped > 0) console.log(`skipped: ${skipped} (each says why above)`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function sum(of: (count: Count) => number): number {
  return counts.reduce((total, count) => total + of(count), 0);
}

function run(name: string, work: () => Count): Count {
  const started = performance.now();
  const count = work();
  const seconds = Math.ceil((performance.now() - started) / 1000);
  // Not in the form of the closing line: only the sum stands there.
  console.log(
    `${name}: ${count.passed} passed; ${count.failed} failed; ${count.skipped} skipped; ${seconds} s\n`,
  );
  return count;
}

function single(status: number): Count {
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

function runVitest(): Count {
  const report = path.join(reports, 'vitest.json');
  const status = runTool('vitest', [
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  return orOneFailure(status, () => readVitestReport(report));
}

function runPlaywright(): Count {
  const report = path.join(reports, 'playwright.json');
  const status = runTool(
    'playwright',
    ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'],
    { env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report, HOLDFAST_CHROMIUM: findChromium() ?? '' } },
  );
  return orOneFailure(status, () => readPlaywrightReport(report));
}

/** A runner that fails without a failed test (no report, an error outside of any test) has failed all the same. */
function orOneFailure(status: number, read: () => Count): Count {
  try {
    const count = read();
    return status !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
  } catch (error) {
    console.error(error);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
