/**
 * Reads a JSON text that is the canonical one of its value (src-domain/events/canonical-json.ts): only such a text
 * comes back out of a JSONB column unchanged, and with it the hash.
 */
import { type JsonValue, canonicalJson } from '#domain/events/canonical-json.ts';

/** Deeper JSON is refused: reading it is recursive here and in PostgreSQL, and in PGlite the stack is small. */
const MAX_DEPTH = 64;

/** The value, or undefined when the text is no JSON, not canonical, not storable as JSONB, or nested too deep. */
export function readCanonical(text: string): JsonValue | undefined {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
  switch (keyOrder(value, MAX_DEPTH)) {
    case 'too_deep':
      return undefined;
    case 'sorted':
      // Half the time of the full check: with its keys in order, the value's own JSON is the canonical text. Escapes
      // (U+0000, lone surrogates) and bare surrogates need the full check.
      if (!text.includes('\\u') && text.isWellFormed())
        return JSON.stringify(value) === text ? value : undefined;
      break;
    case 'unsorted':
      // Also objects with keys like "2" and "10", which JavaScript lists by number.
      break;
  }
  try {
    return canonicalJson(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

type KeyOrder = 'sorted' | 'unsorted' | 'too_deep';

function keyOrder(value: JsonValue, levels: number): KeyOrder {
  if (typeof value !== 'object' || value === null) return 'sorted';
  if (levels === 0) return 'too_deep';
  let order: KeyOrder = 'sorted';
  let previous = '';
  const isArray = Array.isArray(value);
  for (const [key, entry] of Object.entries<JsonValue>(value)) {
    if (!isArray && key < previous) order = 'unsorted';
    previous = key;
    const inner = keyOrder(entry, levels - 1);
    if (inner === 'too_deep') return inner;
    if (inner === 'unsorted') order = inner;
  }
  return order;
}
