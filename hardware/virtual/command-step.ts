import type { Operation } from './escpos-operation.ts';

/**
 * What one command at a place in the stream amounts to: its length with parameters and what it makes the
 * printer do. `incomplete`: the rest of it has not arrived yet.
 */
export type Step = CompleteStep | { readonly incomplete: true };

export interface CompleteStep {
  readonly length: number;
  readonly operations: readonly Operation[];
}

export const INCOMPLETE: Step = { incomplete: true };

export function step(length: number, ...operations: Operation[]): CompleteStep {
  return { length, operations };
}

export function setting(length: number, name: string, value: number): CompleteStep {
  return step(length, { kind: 'setting', name, value });
}

export function unknown(bytes: Uint8Array, offset: number, length: number): CompleteStep {
  return step(length, { kind: 'unknown', bytes: bytes.slice(offset, offset + length) });
}

/** Bytes as the characters that a barcode reader would return. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCodePoint(byte);
  return text;
}
