/**
 * What the tests need beside the packages: Chromium, PostgreSQL, Redis, socat, strace, a C compiler. Installs what is missing
 * where it can.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chromium } from '@playwright/test';

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * An installed Chromium first: Playwright's own download may be impossible behind a shop's firewall.
 * @returns path of the binary
 */
export function findChromium(): string | undefined {
  const named = process.env['HOLDFAST_CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  for (const name of CHROMIUM_NAMES) {
    const { status, stdout } = spawnSync('which', [name], { encoding: 'utf8' });
    // Some systems put a stub of that name which only says how to install it.
    if (status === 0 && runs(stdout.trim())) return stdout.trim();
  }
  return existsSync(chromium.executablePath()) ? chromium.executablePath() : undefined;
}

function runs(browser: string): boolean {
  return spawnSync(browser, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** What cannot be installed is said once, in words; the tests that need it fail by name. */
export function installTestTools(): void {
  const missing = [
    ...(findChromium() === undefined ? ['chromium'] : []),
    ...(hasPostgres() ? [] : ['postgresql']),
    ...(hasRedis() ? [] : ['redis-server']),
    // Its pseudo-terminals are the serial line of the printer tests, which show as skipped without it.
    ...(hasProgram('socat') ? [] : ['socat']),
    // Without them the tests of what a power cut leaves show as skipped, as they do on other systems.
    ...(process.platform !== 'linux' || hasProgram('strace') ? [] : ['strace']),
    ...(process.platform !== 'linux' || hasProgram('gcc') ? [] : ['gcc', 'libc6-dev']),
  ];
  if (missing.length === 0) return;
  console.log(`… Installing ${missing.join(', ')} for the tests`);
  if (isDebianRoot()) installDebianPackages(missing);
  else if (missing.includes('chromium'))
    spawnSync('npx', ['playwright', 'install', 'chromium'], { stdio: 'inherit' });
  if (findChromium() === undefined)
    console.error('No Chromium: install one, or name it in HOLDFAST_CHROMIUM.');
  if (!hasPostgres()) console.error('No PostgreSQL: install its server (initdb and pg_ctl).');
  if (!hasRedis()) console.error('No Redis: install its server (redis-server).');
}

function installDebianPackages(packages: readonly string[]): void {
  spawnSync('apt-get', ['update'], { stdio: 'ignore' });
  // One by one: a package that this distribution does not have must not keep the other one away.
  for (const name of packages) {
    spawnSync('apt-get', ['install', '--yes', '--no-install-recommends', name], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
}

function hasPostgres(): boolean {
  if (hasProgram('initdb')) return true;
  const debian = '/usr/lib/postgresql';
  return (
    existsSync(debian) && readdirSync(debian).some((version) => existsSync(`${debian}/${version}/bin/initdb`))
  );
}

function hasRedis(): boolean {
  return hasProgram('redis-server');
}

function hasProgram(name: string): boolean {
  return spawnSync('which', [name]).status === 0;
}

function isDebianRoot(): boolean {
  return process.getuid?.() === 0 && spawnSync('which', ['apt-get']).status === 0;
}
