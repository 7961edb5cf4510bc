/**
 * The line between till and server. A server that comes back stands behind a shut gate until its books were read:
 * otherwise the till's `hello` would send again what the server has forgotten, and nobody would see it.
 */
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

export interface ServerGate {
  /** Where the till finds the server, whatever port that has now. */
  readonly url: string;
  open(serverUrl: string): void;
  /**
   * Resolves at once when the server's acknowledgement of a batch passes: the moment at which a server that answers
   * before it commits is caught by a kill.
   */
  nextAcknowledgement(): Promise<void>;
  /** No new connections. Those that stand end with the server, so that its last words still reach the till. */
  shut(): void;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

export async function openServerGate(): Promise<ServerGate> {
  let serverPort: number | null = null;
  const tills = new Set<Socket>();
  let onAcknowledgement: (() => void) | undefined;
  const listener = createServer((till) => {
    if (serverPort === null) {
      till.destroy();
      return;
    }
    tills.add(till);
    const server = connect(serverPort, LOOPBACK);
    till.pipe(server);
    server.pipe(till);
    server.on('data', (bytes: Buffer) => {
      if (isAcknowledgement(bytes)) onAcknowledgement?.();
    });
    till.on('close', () => {
      tills.delete(till);
      server.destroy();
    });
    server.on('close', () => till.destroySoon());
    // A killed peer resets its connections; `close` follows in any case.
    till.on('error', () => server.destroy());
    server.on('error', () => till.destroySoon());
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(0, LOOPBACK, resolve);
  });
  return {
    url: `http://${LOOPBACK}:${portOf(listener.address())}`,
    open(serverUrl) {
      serverPort = Number(new URL(serverUrl).port);
    },
    nextAcknowledgement: () =>
      new Promise((resolve) => {
        onAcknowledgement = resolve;
      }),
    shut() {
      serverPort = null;
    },
    async close() {
      for (const till of tills) till.destroy();
      await new Promise<void>((resolve) => listener.close(() => resolve()));
    },
  };
}

/** The server sends its JSON as it is, uncompressed. The answer to `hello` has the head's hash as well. */
function isAcknowledgement(bytes: Buffer): boolean {
  return bytes.includes('"ackedThrough"') && !bytes.includes('"headHash"');
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The gate has no port');
  return address.port;
}
