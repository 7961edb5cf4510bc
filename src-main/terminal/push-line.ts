/** What the till says unasked, to every window that listens. */
import type { PushBody, PushName } from '../api/contract.ts';

export type Push = {
  readonly [Name in PushName]: { readonly name: Name; readonly body: PushBody<Name> };
}[PushName];

export interface PushLine {
  /** The message is made only when somebody listens. */
  push(makeMessage: () => Push): void;
  /** @returns the way to stop listening */
  listen(listener: (push: Push) => void): () => void;
  close(): void;
}

/** @param onError is told when a window cannot be told, or a message not be made: neither may undo what the till has done */
export function openPushLine(onError: (error: unknown) => void): PushLine {
  const listeners = new Set<(push: Push) => void>();
  let closed = false;
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      onError(error);
    }
  };
  return {
    push(makeMessage) {
      if (listeners.size === 0 || closed) return;
      guarded(() => {
        const message = makeMessage();
        for (const listener of listeners) guarded(() => listener(message));
      });
    },
    listen(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    close() {
      closed = true;
    },
  };
}
