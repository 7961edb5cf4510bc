import { createServer, type Server, type Socket } from 'node:net';
import type { HostLink, VirtualDevice } from './virtual-device.ts';

export interface PrinterPort {
  readonly server: Server;
  /** Hangs up on everyone. */
  closeLinks(): void;
}

/**
 * The TCP side of the virtual printer. It serves one connection at a time, as most printers do; others wait
 * unread until its host has closed.
 */
export function openPrinterPort(device: VirtualDevice): PrinterPort {
  const open = new Set<Socket>();
  const waiting: Socket[] = [];
  let served: Socket | undefined;

  function serveNext(): void {
    if (served !== undefined) return;
    const socket = waiting.shift();
    if (socket === undefined) return;
    served = socket;
    let ended = false;
    const link: HostLink = {
      answer: (byte) => {
        if (socket.writable) socket.write(Uint8Array.of(byte));
      },
      drained: () => socket.end(),
      hangUp: () => socket.destroy(),
    };
    const endTurn = () => {
      if (ended) return;
      ended = true;
      served = undefined;
      device.linkEnded(link);
      serveNext();
    };
    device.linkOpened();
    socket.on('data', (bytes) => device.receive(bytes, link));
    socket.on('end', endTurn);
    socket.on('close', endTurn);
    socket.resume();
  }

  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    open.add(socket);
    waiting.push(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      open.delete(socket);
      if (waiting.includes(socket)) waiting.splice(waiting.indexOf(socket), 1);
    });
    serveNext();
  });
  return {
    server,
    closeLinks: () => {
      waiting.length = 0;
      for (const socket of open) socket.destroy();
    },
  };
}
