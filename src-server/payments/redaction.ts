/** Keeps card numbers and secrets out of logs, whoever puts them into a line: an error's text, a URL, a library. */
import { findCardNumbers, looksLikeCardNumber } from './card-number.ts';

const CARD_NUMBER = '[card number]';

const SECRETS: readonly { readonly pattern: RegExp; readonly mask: string }[] = [
  // Stripe: API keys, webhook secrets, what a browser needs to pay an intent, and what a card is paid with.
  { pattern: /\b(sk|rk|pk)_(test|live|org)_\w+/g, mask: '$1_$2_[secret]' },
  { pattern: /\bwhsec_[\w+/=-]+/g, mask: 'whsec_[secret]' },
  { pattern: /\b((?:pi|seti)_[A-Za-z0-9]+_secret)_\w+/g, mask: '$1_[secret]' },
  { pattern: /\b(pm|tok|ctoken)_\w{4,}/g, mask: '$1_[token]' },
  // `card_declined` is an error code: a token has digits.
  { pattern: /\b(card|src)_(?=[A-Za-z]*\d)[A-Za-z0-9]{8,}/g, mask: '$1_[token]' },
  // Our own API keys. The part in the middle names the key, so that a person can tell which one it was.
  { pattern: /\bhf_([0-9a-f]{16})_[\w-]+/g, mask: 'hf_$1_[secret]' },
  { pattern: /\b(Bearer)\s+[\w.~+/=-]{8,}/gi, mask: '$1 [secret]' },
  { pattern: /\b(Basic)\s+(?=[A-Za-z]*[\d+/=])[A-Za-z0-9+/]{12,}=*/gi, mask: '$1 [secret]' },
  // Passwords in the addresses of databases.
  { pattern: /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/?#@"]*):[^\s@/"]+@/gi, mask: '$1:[secret]@' },
];

/** The text with card numbers, keys, passwords and payment tokens masked. A masked text stays as it is. */
export function redactSecrets(text: string): string {
  let masked = text;
  for (const { pattern, mask } of SECRETS) masked = masked.replace(pattern, mask);
  // From the right: a replacement moves what stands behind it.
  for (const { start, end } of findCardNumbers(masked).reverse()) {
    masked = masked.slice(0, start) + CARD_NUMBER + masked.slice(end);
  }
  return masked;
}

/**
 * A whole line of the log as pino writes it, for its `hooks.streamWrite`. Stays one line of JSON: a masked number becomes
 * a text. A line without secrets, which is nearly every line, is only read, not taken apart.
 */
export function redactLogLine(line: string): string {
  // An escape ends in four hexadecimal digits, which must not run into a number behind it.
  const readable = line.replace(/\\u[0-9a-f]{4}/gi, ' ');
  if (redactSecrets(readable) === readable) return line;
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return redactSecrets(readable);
  }
  return `${JSON.stringify(redactValue(parsed))}${line.endsWith('\n') ? '\n' : ''}`;
}

function redactValue(value: unknown): unknown {
  if (typeof value === 'string') return redactSecrets(value);
  if (typeof value === 'number') return looksLikeCardNumber(String(value)) ? CARD_NUMBER : value;
  if (Array.isArray(value)) return value.map(redactValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, element]) => [redactSecrets(name), redactValue(element)]),
  );
}
