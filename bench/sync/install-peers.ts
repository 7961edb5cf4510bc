/** The peers are no part of the product: they have a lock file of their own, and are installed when they are measured. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const PEERS = path.join(import.meta.dirname, 'peers');
const LOCK = path.join(PEERS, 'package-lock.json');
/** The lock that the installed packages are of. */
const INSTALLED = path.join(PEERS, 'node_modules', '.installed-lock.json');

/** Once per lock file. Nothing that a package brings is run while it is installed. */
export function installPeers(): void {
  const lock = readFileSync(LOCK, 'utf8');
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === lock) return;
  execFileSync('npm', ['ci'], { cwd: PEERS, stdio: ['ignore', 2, 2] });
  writeFileSync(INSTALLED, lock);
}
