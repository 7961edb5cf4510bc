import { vi } from 'vitest';

/** A busy machine is slow; what is wrong stays wrong. */
const WITHIN_MS = 15_000;

/** Resolves when `assertion` holds; fails with its last failure. */
export function eventually(assertion: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(assertion, { timeout: WITHIN_MS });
}
