/**
 * Who may reach the till in a browser. The link that `npm start` prints holds a one-time token; opening it turns
 * the token into a session cookie. Without the cookie there is neither page nor socket; with a foreign Origin
 * there is no socket either, so that no other web page on this PC can ring a sale (cross-site WebSocket hijacking).
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';

export const SESSION_COOKIE = 'holdfast_session';

export interface BrowserAccess {
  /** Opens the page once. */
  readonly oneTimeToken: string;
  /** @returns the cookie's value, or undefined when the token is wrong or was used */
  redeem(token: string): string | undefined;
  isSession(cookieHeader: string | undefined): boolean;
}

export function browserAccess(oneTimeToken = randomBytes(24).toString('base64url')): BrowserAccess {
  const session = randomBytes(32).toString('base64url');
  let redeemed = false;
  return {
    oneTimeToken,
    redeem(token) {
      if (redeemed || !equal(token, oneTimeToken)) return undefined;
      redeemed = true;
      return session;
    },
    isSession: (cookieHeader) => equal(cookieValue(cookieHeader, SESSION_COOKIE), session),
  };
}

function cookieValue(header: string | undefined, name: string): string {
  for (const pair of (header ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name) return value ?? '';
  }
  return '';
}

function equal(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
