/** The file of a snapshot while it comes: `snapshot/<sha256>.part` beside the database. Its size is how much of it there is. */
import { appendFileSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { SnapshotOffer } from '#sync/protocol/changes.ts';

export interface SnapshotFiles {
  pathOf(offer: SnapshotOffer): string;
  /** How much of this very file is here; what lies here of another one is removed. */
  received(offer: SnapshotOffer): number;
  /** Not synced to the disk: what a power cut takes from it is noticed by its size or its hash, and fetched again. */
  receive(offer: SnapshotOffer, bytes: Uint8Array): void;
  remove(): void;
}

export function snapshotFiles(folder: string): SnapshotFiles {
  const place = path.join(folder, 'snapshot');
  const nameOf = ({ sha256 }: SnapshotOffer): string => `${sha256}.part`;
  const pathOf = (offer: SnapshotOffer): string => path.join(place, nameOf(offer));
  return {
    pathOf,
    received(offer) {
      mkdirSync(place, { recursive: true });
      for (const name of readdirSync(place)) {
        if (name !== nameOf(offer)) rmSync(path.join(place, name), { recursive: true, force: true });
      }
      const size = statSync(pathOf(offer), { throwIfNoEntry: false })?.size ?? 0;
      if (size <= offer.bytes) return size;
      rmSync(pathOf(offer));
      return 0;
    },
    receive(offer, bytes) {
      appendFileSync(pathOf(offer), bytes);
    },
    remove() {
      rmSync(place, { recursive: true, force: true });
    },
  };
}
