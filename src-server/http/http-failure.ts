/** Answers that are not success: `{code, message}` with a status. Thrown by routes, written by the error handler. */
export type HttpFailureCode = keyof typeof STATUS;

/** The codes are the contract: clients branch on them. A new one is a row here and a word in the route's `failures()`. */
const STATUS = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  location_differs: 409,
  too_large: 413,
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
