import { z } from 'zod';
import type { RefusalCode } from '../engine-status.ts';

/**
 * Why a line is given up. There is a third way for a request to go wrong, and that one is no reason: an event that the
 * server can never use is acknowledged and put aside there (quarantine), and the others go on.
 */
export type LineEnd =
  /** Somebody said that it cannot be done now, and nothing was applied. Back off, come back. */
  | { readonly kind: 'transient'; readonly message: string }
  /** Silence, a broken line, an answer that cannot be: nobody knows what was applied. Back off, ask by hello, guess nothing. */
  | { readonly kind: 'unknown'; readonly message: string }
  /** It will not get better by itself. Asked again now and then, because a person may mend it on either side. */
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string };

export function transient(message: string): LineEnd {
  return { kind: 'transient', message };
}

export function unknown(message: string): LineEnd {
  return { kind: 'unknown', message };
}

/** For the screen, where what zod says of a server's answer would help nobody. */
export function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return 'The server answered in a way that this till does not understand.';
  return error instanceof Error ? error.message : String(error);
}
