/** What the Stripe provider is told. Secrets: never to be logged. */
export interface StripeOptions {
  /** `sk_…` or a restricted `rk_…` */
  readonly secretKey: string;
  /** Where the API is: default Stripe's own. Tests have a server of their own. */
  readonly apiUrl?: URL;
  /** `whsec_…`; without it no notices are taken. */
  readonly webhookSecret?: string;
  /** For one attempt, in milliseconds. Default 8 s: a bank that is asked takes two to three. */
  readonly timeoutMs?: number;
  /** Attempts after the first one, within one call. Default 2. */
  readonly retries?: number;
}

export const DEFAULT_TIMEOUT_MS = 8_000;
export const DEFAULT_RETRIES = 2;
