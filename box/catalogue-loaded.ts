import { setTimeout as sleep } from 'node:timers/promises';
import { readStatusFile } from '#main/terminal/status-file.ts';
import { ServiceError } from './child-service.ts';

const WITHIN_MS = 60_000;

/**
 * Resolves when a till that was just made has its people and prices, by its own word. At once for one that had them before.
 * @throws {ServiceError} when it does not get there
 */
export async function catalogueLoaded(folder: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  for (;;) {
    signal.throwIfAborted();
    const sync = readStatusFile(folder)?.status.sync;
    if (sync !== undefined && (sync.down.cursor !== null || sync.up.lastSeq > 0)) return;
    if (performance.now() > deadline) {
      const why = sync?.down.problem ?? sync?.problem ?? 'it says nothing';
      throw new ServiceError('not_ready', `The till did not get its catalogue from the server: ${why}`);
    }
    await sleep(100);
  }
}
