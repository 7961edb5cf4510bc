import { Stripe } from 'stripe';
import { DEFAULT_RETRIES, DEFAULT_TIMEOUT_MS, type StripeOptions } from './stripe-options.ts';

/** The longest pause that the SDK makes between two attempts. */
const LONGEST_PAUSE_MS = 5_000;

export interface StripeClient {
  readonly sdk: Stripe;
  /**
   * After this a call counts as unanswered, whatever the SDK is still doing: its own timeout starts anew with every byte
   * that arrives, so an answer that trickles in has none.
   */
  readonly deadlineMs: number;
}

export function stripeClient(options: StripeOptions): StripeClient {
  const timeout = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const retries = options.retries ?? DEFAULT_RETRIES;
  const sdk = new Stripe(options.secretKey, {
    ...addressOf(options.apiUrl),
    timeout,
    maxNetworkRetries: retries,
    // It would tell Stripe how long our requests take.
    telemetry: false,
    appInfo: { name: 'Holdfast' },
  });
  return { sdk, deadlineMs: timeout * (retries + 1) + LONGEST_PAUSE_MS * retries };
}

interface Address {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  readonly port: string;
}

function addressOf(url: URL | undefined): Address | undefined {
  if (url === undefined) return undefined;
  const protocol = url.protocol === 'http:' ? 'http' : 'https';
  // A URL writes `[::1]`, a socket wants `::1`.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { protocol, host, port: url.port || (protocol === 'http' ? '80' : '443') };
}
