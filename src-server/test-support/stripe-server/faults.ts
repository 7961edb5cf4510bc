/** How the server can fail a request, so that retries and idempotency are tried for real. */
import type { RefusalBody } from './refusal.ts';

export type Step =
  'create' | 'confirm' | 'capture' | 'cancel' | 'refund' | 'retrieve' | 'search' | 'list_refunds';

export type Fault =
  /** The connection is cut, and nothing was done. */
  | { readonly kind: 'lose_request' }
  /** The work is done, and the connection is cut before a byte of the answer. */
  | { readonly kind: 'lose_answer' }
  /** The work is done, and the connection is cut within the answer. */
  | { readonly kind: 'cut_answer' }
  /** The work is done, and an answer begins that never ends: a space at a time. */
  | { readonly kind: 'dribble' }
  /** The work is done; the answer is held back until the promise is settled. The key is in use until then. */
  | { readonly kind: 'hold'; readonly until: Promise<unknown> }
  /** The endpoint breaks: 500, which is kept under the key. Before its work, or after it. */
  | { readonly kind: 'server_error'; readonly after: 'nothing' | 'work' }
  /** A gateway in front of it answers with a page: 502, nothing was done, nothing is kept. */
  | { readonly kind: 'bad_gateway' }
  /** Any answer instead of the work: 429, 403 and the like. Nothing is kept. */
  | { readonly kind: 'refuse'; readonly status: number; readonly error: RefusalBody }
  /** 200 with this text instead of the work. */
  | { readonly kind: 'answer'; readonly body: string };

export const RATE_LIMITED: Fault = {
  kind: 'refuse',
  status: 429,
  error: { type: 'invalid_request_error', code: 'rate_limit', message: 'Request rate limit exceeded.' },
};

interface Planned {
  readonly step: Step;
  readonly fault: Fault;
  left: number;
}

/** Faults in the order in which they were planned, each for its own step. */
export class FaultPlan {
  readonly #planned: Planned[] = [];

  add(step: Step, fault: Fault, times: number): void {
    this.#planned.push({ step, fault, left: times });
  }

  next(step: Step): Fault | undefined {
    const planned = this.#planned.find((candidate) => candidate.step === step && candidate.left > 0);
    if (planned === undefined) return undefined;
    planned.left -= 1;
    return planned.fault;
  }
}
