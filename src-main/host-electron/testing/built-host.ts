/** Builds the host into a folder of its own. Inside the project, so that the bundles find the native packages. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** @returns the folder that has `electron/` as `dist` has it; the caller removes it */
export async function buildHost(): Promise<string> {
  const dist = path.join(ROOT, 'dist');
  mkdirSync(dist, { recursive: true });
  const folder = mkdtempSync(path.join(dist, 'test-host-'));
  await promisify(execFile)(process.execPath, [
    path.join(ROOT, 'scripts/build-electron.mjs'),
    `--out=${path.join(folder, 'electron')}`,
  ]);
  return folder;
}
