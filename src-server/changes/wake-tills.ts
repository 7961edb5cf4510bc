import type { TerminalNamespace, TerminalSocket } from '../sockets/terminal-sockets.ts';

/** Tells connected terminals, of all processes, that a pull would find something. Never throws and never waits. */
export interface WakeTills {
  location(this: void, locationId: string): void;
  all(this: void): void;
}

export function wakeTills(namespace: TerminalNamespace): WakeTills {
  return {
    location(locationId) {
      namespace.to(roomOf(locationId)).emit('changes.available');
    },
    all() {
      namespace.emit('changes.available');
    },
  };
}

/** To be called before the terminal knows that it is connected: from then on it misses nothing. */
export function hearWakes(socket: TerminalSocket, locationId: string): void {
  void socket.join(roomOf(locationId));
}

function roomOf(locationId: string): string {
  return `location:${locationId}`;
}
