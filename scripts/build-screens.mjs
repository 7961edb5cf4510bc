/** Builds the screens when their sources have changed since the last build. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { ROOT, fail, runTool } from './toolchain.mjs';

const BUILT = path.join(ROOT, 'dist/renderer/index.html');
const SOURCES = ['src-renderer', 'src-main/api', 'src-domain', 'package-lock.json'];

export function buildScreens() {
  if (existsSync(BUILT) && newestOf(SOURCES) < statSync(BUILT).mtimeMs) return;
  console.log('… Building the screens');
  const status = runTool('vite', ['build', '--config', 'src-renderer/vite.config.ts', '--logLevel', 'warn']);
  if (status !== 0) fail('The screens could not be built.');
}

/** @param {readonly string[]} names */
function newestOf(names) {
  return Math.max(...names.map((name) => newest(path.join(ROOT, name))));
}

/**
 * @param {string} entry
 * @returns {number} when anything in it last changed
 */
function newest(entry) {
  const stats = statSync(entry);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(0, ...readdirSync(entry).map((name) => newest(path.join(entry, name))));
}
