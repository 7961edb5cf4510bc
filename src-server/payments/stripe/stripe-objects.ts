/** The parts of Stripe's objects that we read. An answer without them is no answer. */
import { z } from 'zod';

export const intentSchema = z.object({
  object: z.literal('payment_intent'),
  id: z.string().regex(/^pi_\w{1,90}$/),
  status: z.string(),
  /** cents */
  amount_received: z.int(),
});
export type Intent = z.infer<typeof intentSchema>;

export const foundIntentsSchema = z.object({ data: z.array(intentSchema) });

export const refundSchema = z.object({
  object: z.literal('refund'),
  id: z.string().regex(/^\w{1,97}$/),
  status: z.string().nullable(),
});
export type Refund = z.infer<typeof refundSchema>;
