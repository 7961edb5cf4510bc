import { hash, verify } from '@node-rs/argon2';
import { z } from 'zod';

/** Four to eight digits, as a hand on a number pad can remember them. */
export const pinSchema = z.string().regex(/^\d{4,8}$/, 'a PIN has four to eight digits');

/** Argon2id with the library's defaults (19 MiB, two passes): about 30 ms, off the till's thread. */
export async function hashPin(pin: string): Promise<string> {
  return hash(pinSchema.parse(pin));
}

export async function pinMatches(pinHash: string, pin: string): Promise<boolean> {
  return verify(pinHash, pin);
}
