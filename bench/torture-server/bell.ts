/**
 * Rings at a moment at which a kill shows most: a driver has just learnt that something of its own is on the disk, or a
 * listener has just been told of a change. Who listens is called at once, in the same turn of the event loop: a server
 * that answers before it commits has only milliseconds in which a kill shows it.
 */
export interface Bell {
  /** @param server index of the server process that it comes from */
  ring(server: number): void;
  /** The next time, from one of these servers, once. @returns takes the wish back */
  once(servers: readonly number[], listener: () => void): () => void;
}

interface Wish {
  readonly servers: readonly number[];
  readonly listener: () => void;
}

export function createBell(): Bell {
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
