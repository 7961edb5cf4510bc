/** A disk that can really be full. Linux, and root: elsewhere the tests that need one are skipped. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface SmallDisk {
  /** Takes all the space there is. */
  fill(): void;
  /** Gives it back. */
  free(): void;
  unmount(): void;
}

export const canMountDisks = process.getuid?.() === 0 && mounts();

export function mountSmallDisk(mountPoint: string, megabytes: number): SmallDisk {
  mkdirSync(mountPoint);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', mountPoint]);
  const ballast = path.join(mountPoint, 'ballast');
  return {
    fill: () => fillUp(ballast),
    free: () => rmSync(ballast),
    unmount: () => {
      execFileSync('umount', ['-l', mountPoint]);
    },
  };
}

function fillUp(file: string): void {
  const block = Buffer.alloc(16 * 1024);
  try {
    for (;;) writeFileSync(file, block, { flag: 'a' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}

function mounts(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
