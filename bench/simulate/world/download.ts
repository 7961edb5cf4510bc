/** A snapshot over the simulated network: in pieces, slow, broken off, altered on its way, or not there any more. */
import type { FetchSnapshot } from '#sync/sync-link.ts';
import { type Random, between } from '../../random.ts';
import type { ModelServer } from '../model/server.ts';
import type { Network } from './network.ts';
import { chance } from './split-random.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

/** As `http-snapshots.ts` gives up a download that has stopped. */
const STALL_MS = 20_000;

export interface DownloadOptions {
  readonly till: string;
  readonly time: VirtualTime;
  readonly network: Network;
  readonly server: ModelServer;
  readonly trace: Trace;
  readonly random: Random;
}

export function simulatedDownload(options: DownloadOptions): FetchSnapshot {
  const { till, network, server, trace, random, time } = options;
  return async function* fetchSnapshot({ path }, from, signal) {
    trace.note(till, `fetches ${path} from ${from}`);
    for (let sent = from; ;) {
      const { cutOff, loss, slowest } = network.weatherOf(till);
      await wait(time, cutOff ? STALL_MS : between(random, 1, slowest), signal);
      if (cutOff) throw new Error('The snapshot stopped coming.');
      const bytes = server.snapshotBytes(path);
      if (!bytes) throw new Error('The server does not give the snapshot.');
      if (sent >= bytes.length) return;
      if (chance(random, loss)) throw new Error('The download broke.');
      const piece = Uint8Array.from(bytes.subarray(sent, sent + between(random, 100, 1_500)));
      sent += piece.length;
      if (chance(random, loss / 4)) piece[0] = (piece[0] ?? 0) ^ 1;
      yield piece;
    }
  };
}

function wait(time: VirtualTime, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      cancel();
      reject(new Error('The download was ended.'));
    };
    const cancel = time.setTimer(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
