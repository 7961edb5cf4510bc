/**
 * Reads a JSON text that is the canonical one of its value (src-domain/events/canonical-json.ts): only such a text
 * comes back out of a JSONB column unchanged, and with it the hash.
 */
import { type JsonValue, canonicalJson } from '#domain/events/canonical-json.ts';
import { isSurelyCanonical } from './surely-canonical.ts';

/** Deeper JSON is refused: reading it is recursive here and in PostgreSQL, and in PGlite the stack is small. */
const MAX_DEPTH = 64;

/** Whether {@link readCanonical} reads it, for those who do not need the value: it is mostly not made then. */
export function isCanonical(text: string): boolean {
  return isSurelyCanonical(text, MAX_DEPTH) || readThoroughly(text) !== undefined;
}

/** The value, or undefined when the text is no JSON, not canonical, not storable as JSONB, or nested too deep. */
export function readCanonical(text: string): JsonValue | undefined {
  return isSurelyCanonical(text, MAX_DEPTH) ? (JSON.parse(text) as JsonValue) : readThoroughly(text);
}

function readThoroughly(text: string): JsonValue | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isWithin(value, MAX_DEPTH) && canonicalJson(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

function isWithin(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values<JsonValue>(value).every((entry) => isWithin(entry, levels - 1));
}
