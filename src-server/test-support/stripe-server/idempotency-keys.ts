/** `Idempotency-Key` as documented for API v1 (docs.stripe.com/api/idempotent_requests, docs.stripe.com/error-low-level). */
import { StripeRefusal, badParameter } from './refusal.ts';

export interface KeptAnswer {
  readonly status: number;
  readonly body: string;
  readonly requestId: string;
}

interface KeptRequest {
  /** method, path and parameters */
  readonly fingerprint: string;
  /** Missing while the request is under way. */
  answer?: KeptAnswer;
}

export class IdempotencyKeys {
  readonly #kept = new Map<string, KeptRequest>();

  /**
   * The first answer to this key; undefined when the request is the first one and now has the key.
   * @throws {StripeRefusal} for other parameters (400), for a request that is still under way (409).
   */
  begin(key: string, fingerprint: string): KeptAnswer | undefined {
    if (key.length > 255)
      throw badParameter('Idempotency-Key', 'Idempotency keys have up to 255 characters.');
    const kept = this.#kept.get(key);
    if (kept === undefined) {
      this.#kept.set(key, { fingerprint });
      return undefined;
    }
    if (kept.fingerprint !== fingerprint) {
      const message =
        'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
        `Try using a key other than '${key}' if you meant to execute a different request.`;
      throw new StripeRefusal(400, { type: 'idempotency_error', message }, false);
    }
    if (kept.answer === undefined) {
      const message =
        'There is currently another in-progress request using this Idempotent Key (that probably means you submitted ' +
        `twice, and the other request is still going through): ${key}. Please try again later.`;
      throw new StripeRefusal(
        409,
        { type: 'invalid_request_error', code: 'idempotency_key_in_use', message },
        false,
      );
    }
    return kept.answer;
  }

  keep(key: string, answer: KeptAnswer): void {
    const kept = this.#kept.get(key);
    if (kept !== undefined) kept.answer = answer;
  }

  /** No endpoint began: the key is free again. */
  release(key: string): void {
    this.#kept.delete(key);
  }

  /** What happens to each key after a day. */
  forgetAll(): void {
    this.#kept.clear();
  }
}
