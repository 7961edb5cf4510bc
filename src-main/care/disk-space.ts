import { statfsSync } from 'node:fs';

/** What is done for the till's care must leave the sales their space: it is refused before the disk is full, not when it is. */
export class DiskSpaceError extends Error {
  readonly code = 'disk_nearly_full';

  constructor(neededBytes: number, freeBytes: number) {
    super(
      `The disk of this till is nearly full: ${megabytes(neededBytes)} MB are needed, ${megabytes(freeBytes)} MB are free.`,
    );
    this.name = 'DiskSpaceError';
  }
}

/** @throws {DiskSpaceError} unless so much can be written and `reserveBytes` stay free */
export function requireSpace(folder: string, bytes: number, reserveBytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free < bytes + reserveBytes) throw new DiskSpaceError(bytes + reserveBytes, free);
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
