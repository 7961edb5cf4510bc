/**
 * A line of TCP on this machine that counts the bytes of both directions, and can break: at a given byte all of its
 * connections are reset, and new ones are for a while.
 */
import { type Server, type Socket, connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface CountedBytes {
  /** From the client to the server. */
  readonly up: number;
  readonly down: number;
}

export interface CountingProxy {
  readonly port: number;
  counted(): CountedBytes;
  /** How often the line was cut. */
  cuts(): number;
  close(): Promise<void>;
}

export interface Cut {
  /** Byte of the way up at which the line breaks. What is behind it does not get through. */
  readonly afterBytes: number;
  readonly awayMs: number;
}

export async function startCountingProxy(target: number, cut?: Cut): Promise<CountingProxy> {
  const sockets = new Set<Socket>();
  let up = 0;
  let down = 0;
  let cuts = 0;
  let awayUntil = 0;

  function breakLine(awayMs: number): void {
    cuts += 1;
    awayUntil = performance.now() + awayMs;
    for (const socket of sockets) socket.resetAndDestroy();
  }

  const server: Server = createServer({ noDelay: true }, (client) => {
    if (performance.now() < awayUntil) {
      client.resetAndDestroy();
      return;
    }
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
    for (const [here, there] of [
      [client, far],
      [far, client],
    ] as const) {
      sockets.add(here);
      here.on('error', () => there.destroy());
      here.on('close', () => {
        sockets.delete(here);
        there.destroy();
      });
    }
    client.on('data', (chunk) => {
      up += chunk.length;
      if (cut !== undefined && cuts === 0 && up >= cut.afterBytes) {
        breakLine(cut.awayMs);
        return;
      }
      if (!far.write(chunk)) client.pause();
    });
    far.on('drain', () => client.resume());
    far.on('data', (chunk) => {
      down += chunk.length;
      if (!client.write(chunk)) far.pause();
    });
    client.on('drain', () => far.resume());
    client.on('end', () => far.end());
    far.on('end', () => client.end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    counted: () => ({ up, down }),
    cuts: () => cuts,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
