/** Answers that are not success: `{code, message}` with a status. Thrown by routes, written by the error handler. */
export type HttpFailureCode =
  | 'bad_request'
  | 'unauthorized'
  | 'not_found'
  | 'location_differs'
  | 'too_large'
  | 'unavailable'
  | 'internal';

const STATUS: Readonly<Record<HttpFailureCode, number>> = {
  bad_request: 400,
  unauthorized: 401,
  not_found: 404,
  location_differs: 409,
  too_large: 413,
  unavailable: 503,
  internal: 500,
};

export class HttpFailure extends Error {
  readonly code: HttpFailureCode;
  readonly statusCode: number;

  constructor(code: HttpFailureCode, message: string) {
    super(message);
    this.name = 'HttpFailure';
    this.code = code;
    this.statusCode = STATUS[code];
  }
}
