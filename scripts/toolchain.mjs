/**
 * What the two commands need before they can run: this file and its callers run on whatever Node (20 or later)
 * the machine has, install the packages when they are missing or outdated, and hand over to the pinned Node.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const MODULES = path.join(ROOT, 'node_modules');
const STAMP = path.join(MODULES, '.holdfast-lock-hash');
const OLDEST_NODE = 20;

/** Environment in which `node` is the pinned one, as npm scripts have it. */
export function toolEnvironment() {
  const bin = path.join(MODULES, '.bin');
  return { ...process.env, PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` };
}

/** Installs exactly what the lock file says, once per lock file. */
export function installPackages() {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE)
    fail(`Holdfast needs Node ${OLDEST_NODE} or later to start; this is ${process.version}.`);
  const lock = createHash('sha256')
    .update(readFileSync(path.join(ROOT, 'package-lock.json')))
    .digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock) return;
  console.log('… Installing packages (about a minute, once)');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    fail('The packages could not be installed. Is there a connection to the package registry?');
  writeFileSync(STAMP, lock);
}

/**
 * Runs the pinned Node on a file and passes signals and exit code through.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} options
 * @returns {Promise<number>}
 */
export function runNode(file, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn('node', [path.join(ROOT, file), ...args], {
      cwd: options.cwd ?? process.cwd(),
      stdio: 'inherit',
      env: { ...toolEnvironment(), ...options.env },
    });
    // A Ctrl-C reaches the child by the terminal as well; the parent only must not die before it.
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
      process.on(signal, () => void child.kill(signal));
    }
    child.on('error', (error) => fail(`Node could not be started: ${error.message}`));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * Runs a tool of node_modules/.bin in the project's folder.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string> }} options
 * @returns {number} its exit code
 */
export function runTool(command, args, options = {}) {
  const { status } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...toolEnvironment(), ...options.env },
    shell: process.platform === 'win32',
  });
  return status ?? 1;
}

/**
 * @param {string} message
 * @returns {never}
 */
export function fail(message) {
  console.error(message);
  process.exit(1);
}
