/**
 * Who may reach the till in a browser. The link that `npm start` prints holds a one-time token; opening it turns
 * the token into a session cookie. Without the cookie there is neither page nor socket; with a foreign Origin
 * there is no socket either, so that no other web page on this PC can ring a sale (cross-site WebSocket hijacking);
 * and under a name that is not this PC's there is nothing (DNS rebinding).
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';

/** The till is for the person in front of this PC. */
export const LOOPBACK = '127.0.0.1';

/** Cookies do not tell ports apart: with one name two tills on one PC would lock each other out. */
export function sessionCookie(port: number): string {
  return `holdfast_session_${port}`;
}

/** How a browser on this PC names the till: `host` as in the Host header, `origin` as in Origin. */
export function ownAddresses(port: number): readonly { readonly host: string; readonly origin: string }[] {
  // By URL, because a browser leaves port 80 out.
  return [LOOPBACK, 'localhost'].map((name) => new URL(`http://${name}:${port}`));
}

export interface BrowserAccess {
  /** Opens the page once. */
  readonly oneTimeToken: string;
  /** @returns the cookie's value, or undefined when the token is wrong or was used */
  redeem(token: string): string | undefined;
  isSession(cookieHeader: string | undefined, port: number): boolean;
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
    isSession: (cookieHeader, port) => equal(cookieValue(cookieHeader, sessionCookie(port)), session),
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
