/** Carries calls over a line that may die: each gets its own answer, or `connection_lost`, exactly once. */
import type { CallOutcome } from '../api/client.ts';
import type { ApiErrorBody } from '../api/errors.ts';
import type { ToTerminal } from './terminal-messages.ts';

/** Far longer than any call takes. A terminal that hangs must still be told apart from one that thinks. */
const ANSWER_MS = 30_000;

export interface CallRelay {
  /** Never rejects. */
  call(name: unknown, request: unknown): Promise<CallOutcome>;
  /** Calls go there from now on. */
  connect(send: (message: ToTerminal) => void): void;
  /** An answer that nobody waits for any more is dropped. */
  answer(id: number, outcome: CallOutcome): void;
  /** Settles every outstanding call, and each later one at once, until there is a line again. */
  disconnect(): void;
}

export function createCallRelay(answerMs = ANSWER_MS): CallRelay {
  const waiting = new Map<number, (outcome: CallOutcome) => void>();
  let send: ((message: ToTerminal) => void) | undefined;
  /** Never restarted, so that a late answer of a dead process fits no call of its successor. */
  let lastId = 0;

  function settle(id: number, outcome: CallOutcome): void {
    waiting.get(id)?.(outcome);
    waiting.delete(id);
  }

  return {
    call(name, request) {
      if (!send) return Promise.resolve(lost);
      lastId += 1;
      const id = lastId;
      const outcome = new Promise<CallOutcome>((resolve) => {
        const timer = setTimeout(() => settle(id, lost), answerMs);
        waiting.set(id, (settled) => {
          clearTimeout(timer);
          resolve(settled);
        });
      });
      try {
        send({ kind: 'call', id, name, request });
      } catch {
        settle(id, lost);
      }
      return outcome;
    },
    connect(to) {
      send = to;
    },
    answer: settle,
    disconnect() {
      send = undefined;
      for (const id of waiting.keys()) settle(id, lost);
    },
  };
}

/** Nobody knows whether it was done. The screen asks for the state again before it repeats anything. */
const lostBody: ApiErrorBody = {
  code: 'connection_lost',
  message: 'The till did not answer: look whether it was done, then try again.',
  retry: 'now',
};
const lost: CallOutcome = { ok: false, error: lostBody };
