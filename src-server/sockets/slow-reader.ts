/** A terminal that does not read what it is sent keeps it all in our memory. It is cut off, and asks again when it is back. */
import type { Logger } from '../logger.ts';
import type { AuthenticTerminal } from '../terminals/terminals.ts';
import type { TerminalSocket } from './terminal-sockets.ts';

/** Messages behind the one that the operating system does not take. A reader has none, in a burst a few hundred. */
const MAX_WAITING = 1000;

export function cutOffWhenSlow(
  socket: TerminalSocket,
  { terminalId }: AuthenticTerminal,
  logger: Logger,
): void {
  let waiting = 0;
  socket.conn.on('flush', () => {
    waiting = 0;
  });
  socket.conn.on('packetCreate', () => {
    waiting += 1;
    if (waiting !== MAX_WAITING) return;
    logger.warn({ terminalId }, 'a terminal does not read what it is sent, and was cut off');
    // Not the friendly way, which would wait until everything is read.
    socket.conn.request.socket.destroy();
  });
}
