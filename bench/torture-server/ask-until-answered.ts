/**
 * A request with an Idempotency-Key, repeated with the same key until the server has said yes or no, as a channel has to do
 * it: at either server, sometimes without waiting for the answer, sometimes at both at the same time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, between } from '../random.ts';
import { type ApiOutcome, type ApiRequest, askApi } from './ask-api.ts';

export interface KeyedRequest extends ApiRequest {
  readonly idempotencyKey: string;
}

export type FinalAnswer = Extract<ApiOutcome, { kind: 'success' | 'refused' }> & {
  /** index of the server that gave it */
  readonly server: number;
  /**
   * A refusal after an attempt whose outcome nobody knows. That attempt may still be under way and come through later:
   * a refusal leaves no key behind. Only asked again in quiet times is the answer the last word.
   */
  readonly uncertain: boolean;
};

export interface AskingOptions {
  readonly urls: readonly string[];
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Told of answers that must never be. */
  readonly onDefect: (what: string) => void;
  /** One attempt at a time, waited for: for quiet times. */
  readonly calm?: boolean;
}

const SHARE_OF_IMPATIENT = 0.15;
const SHARE_OF_DOUBLED = 0.15;
const LONGEST_PATIENCE_MS = 60;
/** Nothing is away for so long. */
const ANSWERED_WITHIN_MS = 120_000;
const PAYMENT_REQUIRED = 402;
const PAUSE_MS = { shortest: 50, longest: 300 };

/** Rejects when the signal says so, and when there is no answer in two minutes. */
export async function askUntilAnswered(request: KeyedRequest, options: AskingOptions): Promise<FinalAnswer> {
  const { urls, random, signal, onDefect, calm = false } = options;
  const deadline = performance.now() + ANSWERED_WITHIN_MS;
  let unknownAttempts = 0;
  for (;;) {
    signal.throwIfAborted();
    const first = between(random, 0, urls.length - 1);
    const manner = calm ? 1 : random();
    const servers = manner < SHARE_OF_DOUBLED ? urls.map((_, server) => server) : [first];
    const impatient = manner >= SHARE_OF_DOUBLED && manner < SHARE_OF_DOUBLED + SHARE_OF_IMPATIENT;
    const patience = impatient ? AbortSignal.timeout(between(random, 1, LONGEST_PATIENCE_MS)) : undefined;
    const outcomes = await Promise.all(
      servers.map(async (server) => ({
        server,
        outcome: await askApi(urls[server] ?? '', request, patience),
      })),
    );
    for (const { outcome } of outcomes) {
      if (outcome.kind === 'defect') onDefect(outcome.what);
      if (outcome.kind === 'defect' || outcome.kind === 'unknown') unknownAttempts += 1;
    }
    if (performance.now() > deadline)
      throw new Error(
        `${request.path} is not answered: ${JSON.stringify(outcomes)} ${JSON.stringify(request.body)}`,
      );
    const answers = outcomes.flatMap(({ server, outcome }) =>
      outcome.kind === 'success' || outcome.kind === 'refused' ? [{ ...outcome, server }] : [],
    );
    const success = answers.find(({ kind }) => kind === 'success');
    if (success !== undefined) {
      sameOrDefect(answers, onDefect, request);
      return { ...success, uncertain: false };
    }
    // Of two attempts at the same time one may be refused for want of bottles, and the other by the bank a moment later:
    // that one has left an order behind.
    const refusal = answers.find(isByBank) ?? answers[0];
    if (refusal !== undefined && answers.length === outcomes.length)
      return { ...refusal, uncertain: unknownAttempts > 0 };
    await sleep(between(random, PAUSE_MS.shortest, PAUSE_MS.longest), undefined, { signal });
  }
}

function isByBank(answer: ApiOutcome): boolean {
  return answer.kind === 'refused' && answer.status === PAYMENT_REQUIRED;
}

/** Two yeses to one key must be about one and the same thing. */
function sameOrDefect(
  answers: readonly ApiOutcome[],
  onDefect: (what: string) => void,
  { path, idempotencyKey }: KeyedRequest,
): void {
  const ids = new Set(answers.flatMap((answer) => (answer.kind === 'success' ? [idOf(answer.body)] : [])));
  if (ids.size > 1) onDefect(`${path} with the key ${idempotencyKey} made ${[...ids].join(' and ')}`);
}

function idOf(body: unknown): string {
  for (const name of ['refund_id', 'movement_id', 'order_id']) {
    if (typeof body === 'object' && body !== null && name in body)
      return String(Object.entries(body).find(([key]) => key === name)?.[1]);
  }
  return JSON.stringify(body);
}
