/**
 * One text for one value (RFC 8785 in the part we use: sorted keys, no white space, ECMAScript numbers).
 * The hash chain covers this text; a server that stored the value as JSONB can print it again and get the same.
 * @throws {TypeError} on what JSON or JSONB cannot hold: NaN, undefined, lone surrogates, U+0000.
 */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export function canonicalJson(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`JSON has no number ${value}`);
    return JSON.stringify(value);
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed() || value.includes('\0')) throw new TypeError('Text is not storable as JSONB');
    return JSON.stringify(value);
  }
  if (isArray(value)) return `[${value.map((entry) => canonicalJson(entry)).join(',')}]`;
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, entry]) => `${canonicalJson(key)}:${canonicalJson(entry)}`);
  return `{${members.join(',')}}`;
}

/** `Array.isArray` that also narrows readonly arrays. */
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
