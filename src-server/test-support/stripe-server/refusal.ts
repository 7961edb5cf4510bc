/** Stripe's errors: `{error: {type, code, message, param, …}}` with an HTTP status (docs.stripe.com/api/errors). */

export interface RefusalBody {
  readonly type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  readonly message: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly param?: string;
  readonly payment_intent?: object;
  readonly charge?: string;
}

export class StripeRefusal extends Error {
  readonly status: number;
  readonly body: RefusalBody;
  /** Whether the endpoint had begun its work: then the answer belongs to the idempotency key for good. */
  readonly isKept: boolean;

  constructor(status: number, body: RefusalBody, isKept: boolean) {
    super(body.message);
    this.name = 'StripeRefusal';
    this.status = status;
    this.body = body;
    this.isKept = isKept;
  }
}

/** A parameter is wrong. Found before the endpoint begins, so the idempotency key stays free. */
export function badParameter(param: string, message: string, code?: string): StripeRefusal {
  const body: RefusalBody = { type: 'invalid_request_error', message, param };
  return new StripeRefusal(400, code === undefined ? body : { ...body, code }, false);
}

export function noSuch(what: string, id: string, param: string, status: 400 | 404): StripeRefusal {
  const message = `No such ${what}: '${id}'`;
  return new StripeRefusal(
    status,
    { type: 'invalid_request_error', code: 'resource_missing', message, param },
    false,
  );
}

/** The object is in a state in which this cannot be done. */
export function notNow(message: string, more: Partial<RefusalBody>): StripeRefusal {
  return new StripeRefusal(400, { type: 'invalid_request_error', message, ...more }, true);
}
