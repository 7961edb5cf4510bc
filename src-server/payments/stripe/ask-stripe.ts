import type { z } from 'zod';
import type { Logger } from '../../logger.ts';
import { type StripeFailure, readStripeError } from './stripe-failure.ts';

export type StripeAnswer<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: StripeFailure };

export interface Question<Value> {
  /** For the log: what was asked, about which order. */
  readonly step: string;
  readonly orderId: string;
  readonly answer: z.ZodType<Value>;
  readonly ask: () => Promise<unknown>;
}

export type AskStripe = <Value>(question: Question<Value>) => Promise<StripeAnswer<Value>>;

/** Asks once (the SDK repeats by itself), waits at most `deadlineMs`, and always settles with an answer. */
export function stripeAsker(deadlineMs: number, logger: Logger): AskStripe {
  return async ({ step, orderId, answer, ask }) => {
    const asked = await settle(ask, deadlineMs);
    const read = asked.ok ? readAnswer(asked.value, answer) : asked;
    if (!read.ok) {
      logger.warn(
        { order_id: orderId, step, failure: read.failure.code, stripe: read.failure.facts },
        'Stripe refused',
      );
    }
    return read;
  };
}

async function settle(ask: () => Promise<unknown>, deadlineMs: number): Promise<StripeAnswer<unknown>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<StripeAnswer<unknown>>((resolve) => {
    const failure: StripeFailure = { code: 'unavailable', mayBeDone: false, facts: { type: 'deadline' } };
    timer = setTimeout(() => resolve({ ok: false, failure }), deadlineMs);
  });
  // Its rejection is an answer too, so one that comes after the deadline is nobody's unhandled one.
  const asked = ask().then(
    (value): StripeAnswer<unknown> => ({ ok: true, value }),
    (error: unknown): StripeAnswer<unknown> => ({ ok: false, failure: readStripeError(error) }),
  );
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whatever answers at the address, a proxy's page for one, is not Stripe until it looks like it. */
function readAnswer<Value>(value: unknown, answer: z.ZodType<Value>): StripeAnswer<Value> {
  const parsed = answer.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const fields = parsed.error.issues.map(({ path }) => path.join('.'));
  return {
    ok: false,
    failure: { code: 'unavailable', mayBeDone: false, facts: { type: 'unreadable', fields } },
  };
}
