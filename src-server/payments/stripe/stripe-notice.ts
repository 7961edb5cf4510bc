import { Stripe } from 'stripe';
import { z } from 'zod';
import type { NoticeAnswer, NoticeRefusalCode, PaymentNoticeKind } from '../payment-notice.ts';

/** Stripe's own recommendation. A redelivery is signed anew, so it is never too old. */
const TOLERANCE_S = 300;

const KINDS: ReadonlyMap<string, PaymentNoticeKind> = new Map([
  ['payment_intent.amount_capturable_updated', 'authorised'],
  ['payment_intent.succeeded', 'captured'],
  ['payment_intent.payment_failed', 'failed'],
  ['payment_intent.canceled', 'canceled'],
]);

const eventSchema = z.object({
  object: z.literal('event'),
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
});

const intentEventSchema = z.object({
  data: z.object({
    object: z.object({
      object: z.literal('payment_intent'),
      id: z.string().regex(/^pi_\w{1,90}$/),
      metadata: z.looseObject({ order_id: z.string().min(1).max(100).optional() }),
    }),
  }),
});

const MESSAGES: Readonly<Record<NoticeRefusalCode, string>> = {
  bad_signature: 'The signature does not belong to this body and the secret of this server.',
  too_old: 'The signature is too old.',
  unreadable: 'The body is signed and is not an event that this server can read.',
};

function refused(code: NoticeRefusalCode): NoticeAnswer {
  return { kind: 'refused', code, message: MESSAGES[code] };
}

/**
 * Reads a webhook of Stripe (docs.stripe.com/webhooks). Only what is signed is looked at.
 * @param rawBody the bytes as they arrived: the signature is over them
 * @param signature the header `Stripe-Signature`
 */
export function readStripeNotice(
  rawBody: Uint8Array,
  signature: string | undefined,
  secret: string,
  now: Date = new Date(),
): NoticeAnswer {
  if (signature === undefined || !isSigned(rawBody, signature, secret, 0, now))
    return refused('bad_signature');
  if (!isSigned(rawBody, signature, secret, TOLERANCE_S, now)) return refused('too_old');
  const body = parse(rawBody);
  const event = eventSchema.safeParse(body);
  if (!event.success) return refused('unreadable');
  const { id: eventId, type } = event.data;
  const kind = KINDS.get(type);
  if (kind === undefined) return { kind: 'ignored', eventId };
  const about = intentEventSchema.safeParse(body);
  if (!about.success) return refused('unreadable');
  const intent = about.data.data.object;
  return { kind, eventId, intentId: intent.id, orderId: intent.metadata.order_id ?? null };
}

/** @param toleranceS 0: of any age */
function isSigned(
  rawBody: Uint8Array,
  signature: string,
  secret: string,
  toleranceS: number,
  now: Date,
): boolean {
  const verifier = Stripe.webhooks.signature;
  if (verifier === null) throw new Error("Stripe's SDK cannot check signatures");
  try {
    return verifier.verifyHeader(rawBody, signature, secret, toleranceS, undefined, now.getTime());
  } catch {
    // Anybody may call: the SDK has an error of its own for a wrong signature, and others for a header in pieces.
    return false;
  }
}

function parse(rawBody: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(rawBody).toString('utf8'));
  } catch {
    return undefined;
  }
}
