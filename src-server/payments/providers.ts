import type { Logger } from '../logger.ts';
import { cashProvider } from './cash-provider.ts';
import { externalTerminalProvider } from './external-terminal-provider.ts';
import { failed } from './payment-failure.ts';
import type { NoticeAnswer } from './payment-notice.ts';
import type { PaymentAnswer, PaymentProvider, ProviderName } from './payment-provider.ts';
import type { PaymentSettings } from './payment-settings.ts';
import { simulatorProvider } from './simulator-provider.ts';
import type { StripeOptions } from './stripe/stripe-options.ts';

/** Reads what Stripe tells by itself: the raw body and the header `Stripe-Signature`. */
export type StripeNoticeReader = (rawBody: Uint8Array, signature: string | undefined) => NoticeAnswer;

export interface PaymentProviders {
  /** Those that this server has. */
  readonly names: readonly ProviderName[];
  /** The provider that an instrument names; the failure `misconfigured` when this server has none such. */
  find(name: ProviderName): PaymentAnswer<{ readonly provider: PaymentProvider }>;
  /** Undefined when no secret is set: then notices cannot be told from forgeries, and there must be no route for them. */
  readonly readStripeNotice: StripeNoticeReader | undefined;
}

export async function openPaymentProviders(
  settings: PaymentSettings,
  logger: Logger,
): Promise<PaymentProviders> {
  const stripe = settings.stripe === undefined ? undefined : await openStripe(settings.stripe, logger);
  const all = [
    cashProvider,
    externalTerminalProvider,
    ...(stripe === undefined ? [] : [stripe.provider]),
    ...(settings.simulator ? [simulatorProvider()] : []),
  ];
  const byName = new Map(all.map((provider) => [provider.name, provider]));
  return {
    names: [...byName.keys()],
    find(name) {
      const provider = byName.get(name);
      if (provider !== undefined) return { ok: true, provider };
      return failed('misconfigured', `This server is not set up for payments by ${NAMES[name]}.`);
    },
    readStripeNotice: stripe?.readNotice,
  };
}

const NAMES: Readonly<Record<ProviderName, string>> = {
  cash: 'cash',
  external_terminal: 'card terminal',
  stripe: 'Stripe',
  simulator: 'the simulator',
};

interface OpenStripe {
  readonly provider: PaymentProvider;
  readonly readNotice: StripeNoticeReader | undefined;
}

/** Loaded only where it is used: the SDK costs a tenth of a second and 35 MB at the start. */
async function openStripe(options: StripeOptions, logger: Logger): Promise<OpenStripe> {
  const [{ stripeProvider }, { readStripeNotice }] = await Promise.all([
    import('./stripe/stripe-provider.ts'),
    import('./stripe/stripe-notice.ts'),
  ]);
  const { webhookSecret } = options;
  return {
    provider: stripeProvider(options, logger),
    readNotice:
      webhookSecret === undefined
        ? undefined
        : (rawBody, signature) => readStripeNotice(rawBody, signature, webhookSecret),
  };
}
