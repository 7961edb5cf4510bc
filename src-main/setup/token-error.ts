/**
 * - `no_token`: what was given is no token, and no answer of a server that has one.
 * - `other_terminal`: it was issued to another terminal than this till.
 * - `no_server`: this till has no server that a token would be for.
 */
export type TokenErrorCode = 'no_token' | 'other_terminal' | 'no_server';

/** The till has the token that it had before. */
export class TokenError extends Error {
  readonly code: TokenErrorCode;

  constructor(code: TokenErrorCode, message: string) {
    super(message);
    this.name = 'TokenError';
    this.code = code;
  }
}
