/** A disk that can really be full. Linux, and root: elsewhere the tests that need one are skipped. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface SmallDisk {
  /** Takes all the space there is, but for so many bytes. */
  fill(leave?: number): void;
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
    fill: (leave = 0) => fillUp(ballast, leave),
    free: () => rmSync(ballast),
    unmount: () => {
      execFileSync('umount', ['-l', mountPoint]);
    },
  };
}

function fillUp(file: string, leave: number): void {
  const block = Buffer.alloc(16 * 1024);
  try {
    for (;;) {
      const { bavail, bsize } = statfsSync(path.dirname(file));
      // Down to nothing it must fail itself: the last pages are not counted as free.
      if (leave > 0 && bavail * bsize <= leave) return;
      writeFileSync(file, block, { flag: 'a' });
    }
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
