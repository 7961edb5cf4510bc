/**
 * Rings at the moment at which a driver learns that something of its own is on the disk. Who listens is called at once, in the
 * same turn of the event loop: a server that answers before it commits has only milliseconds in which a kill shows it.
 */
export interface AcknowledgementBell {
  /** @param server index of the server process that gave its word */
  ring(server: number): void;
  /** The next acknowledgement, of one of these servers, once. @returns takes the wish back */
  once(servers: readonly number[], listener: () => void): () => void;
}

interface Wish {
  readonly servers: readonly number[];
  readonly listener: () => void;
}

export function acknowledgementBell(): AcknowledgementBell {
  const wishes = new Set<Wish>();
  return {
    ring(server) {
      for (const wish of wishes) {
        if (!wish.servers.includes(server)) continue;
        wishes.delete(wish);
        wish.listener();
      }
    },
    once(servers, listener) {
      const wish = { servers, listener };
      wishes.add(wish);
      return () => void wishes.delete(wish);
    },
  };
}
