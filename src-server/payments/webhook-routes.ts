/** What Stripe tells by itself: a payment that was confirmed or cancelled while nobody waited for it. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { failures } from '../http/failure-responses.ts';
import { HttpFailure } from '../http/http-failure.ts';
import type { Logger } from '../logger.ts';
import type { StripeNoticeReader } from './providers.ts';

export interface WebhookContext {
  readonly readNotice: StripeNoticeReader;
  /** Takes the order as far as it goes now. Notices come twice and in any order: the order itself says what is next. */
  readonly driveOrder: (orderId: string) => Promise<unknown>;
  readonly logger: Logger;
}

export function stripeWebhookRoutes({
  readNotice,
  driveOrder,
  logger,
}: WebhookContext): FastifyPluginAsyncZod {
  return async (app) => {
    // The signature covers the bytes as they came. Only here: this plugin's parser is its own.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body);
    });
    app.route({
      method: 'POST',
      url: '/webhooks/stripe',
      config: { access: 'signature' },
      schema: {
        summary: "Stripe's notices, signed with the webhook secret",
        tags: ['payments'],
        headers: z.object({ 'stripe-signature': z.string().max(2000).optional() }),
        response: { 200: z.strictObject({ received: z.literal(true) }), ...failures('unauthorized') },
      },
      handler: async (request) => {
        const { body } = request;
        const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
        const notice = readNotice(bytes, request.headers['stripe-signature']);
        if (notice.kind === 'refused') {
          const code = notice.code === 'unreadable' ? 'bad_request' : 'unauthorized';
          throw new HttpFailure(code, notice.message);
        }
        if (notice.kind !== 'ignored' && notice.orderId !== null) {
          const { orderId, eventId, kind } = notice;
          logger.info({ orderId, eventId, kind }, 'Stripe told of a payment');
          // What comes of it is not Stripe's affair, so a refusal is a 200 too. But the answer waits for it: should this
          // process die before, Stripe tells it again.
          await driveOrder(orderId).catch((error: unknown) => {
            logger.info({ orderId, err: error }, 'the order of a notice could not be taken further');
          });
        }
        return { received: true as const };
      },
    });
  };
}
