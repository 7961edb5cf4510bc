/** Answers that are not success: `{code, message}` with a status. Thrown by routes, written by the error handler. */
export type HttpFailureCode = keyof typeof STATUS;

/** The codes are the contract: clients branch on them. A new one is a row here and a word in the route's `failures()`. */
const STATUS = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  location_differs: 409,
  reserved_name: 422,
  exists: 409,
  barcode_taken: 409,
  in_use: 409,
  version_differs: 412,
  too_large: 413,
  range_not_satisfiable: 416,
  // enrolment of a terminal
  code_refused: 403,
  too_many_attempts: 429,
  // people of a location
  pin_taken: 409,
  pin_required: 422,
  // dead letters
  failed_again: 409,
  no_subscriber: 409,
  // orders and refunds
  unknown_item: 422,
  out_of_stock: 409,
  age_not_verified: 422,
  price_differs: 409,
  sale_too_large: 422,
  idempotency_key_reused: 422,
  card_number_refused: 422,
  payment_refused: 402,
  payment_unavailable: 503,
  not_refundable_here: 409,
  not_completed: 409,
  not_in_order: 422,
  nothing_to_refund: 409,
  already_refunded: 409,
  refund_refused: 402,
  unknown_merchandise_code: 422,
  unknown_sku: 422,
  bad_dates: 422,
  version_required: 428,
  unavailable: 503,
  internal: 500,
} as const satisfies Readonly<Record<string, number>>;

export class HttpFailure extends Error {
  readonly code: HttpFailureCode;
  readonly statusCode: number;

  constructor(code: HttpFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HttpFailure';
    this.code = code;
    this.statusCode = STATUS[code];
  }
}

export function statusOf(code: HttpFailureCode): (typeof STATUS)[HttpFailureCode] {
  return STATUS[code];
}
