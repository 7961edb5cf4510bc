/** The bytes of a snapshot over real HTTP, from a server that answers as it is told. */
import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SnapshotOffer } from '#sync/protocol/changes.ts';
import { httpSnapshots } from './http-snapshots.ts';

const BYTES = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
const OFFER: SnapshotOffer = {
  path: '/api/snapshots/one',
  bytes: BYTES.byteLength,
  sha256: 'a'.repeat(64),
  cursor: 'C1',
  records: 1,
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let answer: Answer;
let asked: IncomingMessage[];
beforeEach(async () => {
  server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  asked = [];
  await listen(server);
});
afterEach(() => close(server));

async function listen(listening: Server): Promise<void> {
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
}

async function close(listening: Server): Promise<void> {
  listening.closeAllConnections();
  listening.close();
  await once(listening, 'close');
}

const urlOf = (listening: Server): string =>
  `http://127.0.0.1:${String((listening.address() as AddressInfo).port)}`;

/** Timers that the test fires. */
let timers: Set<() => void>;
let armed: number;
beforeEach(() => {
  timers = new Set();
  armed = 0;
});
const setTimer = (work: () => void) => {
  armed += 1;
  timers.add(work);
  return () => timers.delete(work);
};

interface Fetched {
  readonly bytes: Buffer;
  readonly error: unknown;
}

/** What came, and how it ended. */
async function fetchFrom(
  from: number,
  signal = new AbortController().signal,
  onPiece?: () => void,
): Promise<Fetched> {
  const fetchSnapshot = httpSnapshots({
    serverUrl: urlOf(server),
    terminalId: 'T1',
    token: 'a-token',
    setTimer,
  });
  const pieces: Uint8Array[] = [];
  let error: unknown = null;
  try {
    for await (const piece of fetchSnapshot(OFFER, from, signal)) {
      pieces.push(piece);
      onPiece?.();
    }
  } catch (thrown) {
    error = thrown;
  }
  return { bytes: Buffer.concat(pieces), error };
}

const whole: Answer = (_request, response) => {
  response.writeHead(200).end(BYTES);
};
function part(from: number, said = from): Answer {
  return (_request, response) => {
    response
      .writeHead(206, { 'content-range': `bytes ${said}-${BYTES.byteLength - 1}/${BYTES.byteLength}` })
      .end(BYTES.subarray(from));
  };
}

describe('a snapshot over HTTP', () => {
  test('comes whole, with the name of who asks and without a further compression', async () => {
    answer = whole;
    expect(await fetchFrom(0)).toEqual({ bytes: BYTES, error: null });
    const [{ url, headers } = {}] = asked;
    expect(url).toBe('/api/snapshots/one');
    expect(headers).toMatchObject({
      authorization: 'Bearer a-token',
      'x-terminal-id': 'T1',
      'accept-encoding': 'identity',
    });
    expect(headers?.range).toBeUndefined();
    expect(timers.size).toBe(0);
  });

  test.each([1, 70_000, BYTES.byteLength - 1])('goes on behind byte %i', async (from) => {
    answer = part(from);
    expect(await fetchFrom(from)).toEqual({ bytes: BYTES.subarray(from), error: null });
    expect(asked[0]?.headers.range).toBe(`bytes=${String(from)}-`);
  });

  test('goes on where a server knows no ranges: what is here already is passed over', async () => {
    answer = whole;
    expect(await fetchFrom(70_001)).toEqual({ bytes: BYTES.subarray(70_001), error: null });
  });

  test('may take as long as it likes, as long as something comes', async () => {
    answer = whole;
    const begun: number[] = [];
    await fetchFrom(0, undefined, () => begun.push(armed));
    // Once for the question, and once for each piece before it is handed on.
    expect(begun).toEqual(begun.map((_, index) => index + 2));
    expect(begun).not.toEqual([]);
  });

  test('in another part than was asked for is not taken', async () => {
    answer = part(10, 20);
    const { bytes, error } = await fetchFrom(10);
    expect(bytes).toHaveLength(0);
    expect(error).toMatchObject({ message: expect.stringContaining('another part') as string });
  });

  test('in a part that nobody says which it is, is not taken', async () => {
    answer = (_request, response) => response.writeHead(206).end(BYTES.subarray(10));
    expect((await fetchFrom(10)).error).toBeInstanceOf(Error);
  });

  test.each([401, 404, 416, 500, 503])(
    'is not what a server says with %i, and the line is free again',
    async (status) => {
      let closed = false;
      answer = (_request, response) => {
        response.on('close', () => {
          closed = true;
        });
        // Longer than any buffer: it ends only when somebody reads it, or lets it go.
        response.writeHead(status);
        const more = (): void => {
          while (!response.destroyed && response.write(BYTES));
          response.once('drain', more);
        };
        more();
      };
      const { bytes, error } = await fetchFrom(10);
      expect(bytes).toHaveLength(0);
      expect(error).toMatchObject({ message: expect.stringContaining(String(status)) as string });
      await expect.poll(() => closed).toBe(true);
      expect(timers.size).toBe(0);
    },
  );

  test('that is cut keeps what came, and says that it was cut', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': BYTES.byteLength });
      response.write(BYTES.subarray(0, 5_000), () => setImmediate(() => response.destroy()));
    };
    const { bytes, error } = await fetchFrom(0);
    expect(bytes).toEqual(BYTES.subarray(0, bytes.byteLength));
    expect(error).toBeInstanceOf(Error);
    expect(timers.size).toBe(0);
  });

  test.each(['before its first byte', 'in its middle'])('that stalls %s is given up', async (when) => {
    answer = (_request, response) => {
      if (when === 'in its middle') response.writeHead(200).write(BYTES.subarray(0, 5_000));
      else setImmediate(fire);
    };
    const fire = (): void => timers.forEach((work) => work());
    const { error } = await fetchFrom(0, undefined, () => setImmediate(fire));
    expect(error).toMatchObject({ message: 'The snapshot stopped coming.' });
    expect(timers.size).toBe(0);
  });

  test('ends when it is told to, and leaves nothing open', async () => {
    const told = new AbortController();
    let closed = false;
    answer = (_request, response) => {
      response.on('close', () => {
        closed = true;
      });
      response.writeHead(200).write(BYTES.subarray(0, 5_000));
    };
    const { error } = await fetchFrom(0, told.signal, () => told.abort());
    expect(error).toMatchObject({ name: 'AbortError' });
    await expect.poll(() => closed).toBe(true);
    expect(timers.size).toBe(0);
  });

  test('is not fetched from where the server points to: the token is for nobody else', async () => {
    const strange: IncomingMessage[] = [];
    const other = createServer((request, response) => {
      strange.push(request);
      response.end(BYTES);
    });
    await listen(other);
    answer = (_request, response) =>
      response.writeHead(302, { location: `${urlOf(other)}${OFFER.path}` }).end();
    const { bytes, error } = await fetchFrom(0);
    await close(other);
    expect(bytes).toHaveLength(0);
    expect(error).toBeInstanceOf(Error);
    expect(strange).toEqual([]);
  });
});
