/**
 * - `server_unreachable`: nobody answered. The same command asks again and gets the same answer: the code is not used up.
 * - `code_refused`: the server does not know the code, or somebody else has used it, or it is too old.
 * - `server_failed`: the server answered with a failure of its own.
 * - `not_understood`: what answered is no Holdfast server, or one of another version.
 */
export type EnrolErrorCode = 'server_unreachable' | 'code_refused' | 'server_failed' | 'not_understood';

/** No till was made. */
export class EnrolError extends Error {
  readonly code: EnrolErrorCode;

  constructor(code: EnrolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EnrolError';
    this.code = code;
  }
}
