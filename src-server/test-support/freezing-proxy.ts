/** A way to a server that can fall silent without hanging up, as a firewall that forgot a connection does. */
import { type Socket, connect, createServer } from 'node:net';

export interface FreezingProxy {
  readonly port: number;
  /** What is connected now hears and is heard no more. New connections pass. */
  freeze(): void;
  close(): Promise<void>;
}

export async function startFreezingProxy(targetPort: number): Promise<FreezingProxy> {
  const alive = new Set<Socket>();
  const frozen = new Set<Socket>();
  const server = createServer((inside) => {
    const outside = connect(targetPort, '127.0.0.1');
    inside.pipe(outside).pipe(inside);
    for (const socket of [inside, outside]) {
      alive.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => alive.delete(socket));
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    port: address.port,
    freeze() {
      for (const socket of alive) {
        socket.unpipe();
        socket.pause();
        frozen.add(socket);
      }
    },
    close() {
      for (const socket of [...alive, ...frozen]) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}
