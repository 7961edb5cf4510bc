/** Whom a bus wakes. Calls come in a turn of the event loop of their own, never inside of an announcement. */
import type { Logger } from '../logger.ts';

export interface WakeListeners {
  add(this: void, wake: () => void): () => void;
  /** Wakes all of them soon, once however often it is called until then. */
  wakeSoon(this: void): void;
  /** Forgets them. */
  clear(): void;
}

export function createWakeListeners(logger: Logger): WakeListeners {
  // Wrapped, so that a function that listens twice also stops listening twice.
  const listeners = new Set<{ readonly wake: () => void }>();
  let due: NodeJS.Immediate | undefined;

  function wakeAll(): void {
    due = undefined;
    for (const listener of listeners) {
      try {
        listener.wake();
      } catch (error) {
        logger.error({ err: error }, 'a listener of the event bus failed');
      }
    }
  }

  return {
    add(wake) {
      const listener = { wake };
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    wakeSoon() {
      due ??= setImmediate(wakeAll);
    },
    clear() {
      listeners.clear();
      clearImmediate(due);
      due = undefined;
    },
  };
}
