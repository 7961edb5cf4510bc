/** Fetches a snapshot's bytes from the server over HTTP, from any byte on. */
import type { SnapshotOffer } from '#sync/protocol/changes.ts';
import type { FetchSnapshot } from '#sync/sync-link.ts';
import { type SetTimer, realTimer } from '#sync/set-timer.ts';

export interface HttpSnapshotsOptions {
  readonly serverUrl: string;
  readonly terminalId: string;
  readonly token: string;
  /** How long nothing may come before the download counts as dead. */
  readonly stallMs?: number;
  readonly setTimer?: SetTimer;
}

export function httpSnapshots(options: HttpSnapshotsOptions): FetchSnapshot {
  const { stallMs = 20_000, setTimer = realTimer } = options;
  return async function* fetchSnapshot(offer, from, signal) {
    const stall = new AbortController();
    let cancel = (): void => undefined;
    const watch = (): void => {
      cancel();
      cancel = setTimer(() => stall.abort(new Error('The snapshot stopped coming.')), stallMs);
    };
    watch();
    try {
      const response = await ask(options, offer, from, AbortSignal.any([signal, stall.signal]));
      let skip = toSkip(response, from);
      for await (const chunk of bodyOf(response)) {
        watch();
        const bytes = chunk.subarray(Math.min(skip, chunk.byteLength));
        skip -= chunk.byteLength - bytes.byteLength;
        if (bytes.byteLength > 0) yield bytes;
      }
    } finally {
      cancel();
      // An answer that was refused unread would keep its connection, and the server what it has to send.
      stall.abort();
    }
  };
}

async function ask(
  { serverUrl, terminalId, token }: HttpSnapshotsOptions,
  { path }: SnapshotOffer,
  from: number,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(new URL(path, serverUrl), {
    headers: {
      authorization: `Bearer ${token}`,
      'x-terminal-id': terminalId,
      // The file is compressed already, and its hash is that of these very bytes.
      'accept-encoding': 'identity',
      ...(from === 0 ? {} : { range: `bytes=${from}-` }),
    },
    // The token goes to the server that this till was enrolled with, and to no other.
    redirect: 'error',
    signal,
  });
}

/** How many of the first bytes are on the disk already: a server may answer a range with the whole. */
function toSkip(response: Response, from: number): number {
  if (response.status === 200) return from;
  if (response.status !== 206) {
    throw new Error(`The server does not give the snapshot (${response.status}).`);
  }
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (Number(start) !== from)
    throw new Error('The server gave another part of the snapshot than was asked for.');
  return 0;
}

function bodyOf(response: Response): AsyncIterable<Uint8Array> {
  if (response.body === null) throw new Error('The server gave a snapshot without bytes.');
  return response.body;
}
