/** Downloads the snapshot that was offered, behind what is on the disk of it already, and installs it. */
import type { SnapshotProgress } from '../engine-status.ts';
import type { SnapshotOffer } from '../protocol/changes.ts';
import type { FetchSnapshot } from '../sync-link.ts';
import type { Mirror } from './mirror.ts';

export interface LoadOptions {
  readonly mirror: Mirror;
  readonly fetchSnapshot: FetchSnapshot;
  readonly at: string;
  readonly downloading: AbortSignal;
  readonly stopping: AbortSignal;
  readonly onProgress: (progress: SnapshotProgress) => void;
}

/**
 * @returns false when it was told to end before the snapshot was in
 * @throws when the download broke (what came counts), or the file is not what was offered (it is gone)
 */
export async function loadSnapshot(offer: SnapshotOffer, options: LoadOptions): Promise<boolean> {
  const { mirror, at, stopping, onProgress } = options;
  const progress: SnapshotProgress = {
    receivedBytes: offer.bytes,
    totalBytes: offer.bytes,
    appliedRecords: 0,
    totalRecords: offer.records,
  };
  if (!(await download(offer, progress, options))) return false;
  onProgress(progress);
  await mirror.install(offer, {
    at,
    onProgress: (appliedRecords) => onProgress({ ...progress, appliedRecords }),
    signal: stopping,
  });
  return !stopping.aborted;
}

async function download(
  offer: SnapshotOffer,
  progress: SnapshotProgress,
  { mirror, fetchSnapshot, downloading, onProgress }: LoadOptions,
): Promise<boolean> {
  let received = mirror.received(offer);
  onProgress({ ...progress, receivedBytes: received });
  if (received >= offer.bytes) return true;
  try {
    for await (const bytes of fetchSnapshot(offer, received, downloading)) {
      if (downloading.aborted) return false;
      // More than was offered cannot be it; the hash would say so too, after the whole of an endless answer.
      if (received + bytes.byteLength > offer.bytes)
        throw new Error('The snapshot is longer than the server said.');
      mirror.receive(offer, bytes);
      received += bytes.byteLength;
      onProgress({ ...progress, receivedBytes: received });
    }
  } catch (error) {
    if (downloading.aborted) return false;
    throw error;
  }
  if (received < offer.bytes) throw new Error('The snapshot ended before it was whole.');
  return true;
}
