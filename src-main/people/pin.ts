import { hash, verify } from '@node-rs/argon2';
import { pinSchema } from '#domain/people/pin.ts';

export { pinSchema };

/** Argon2id with the library's defaults (19 MiB, two passes): about 30 ms, off the till's thread. */
export async function hashPin(pin: string): Promise<string> {
  return hash(pinSchema.parse(pin));
}

export async function pinMatches(pinHash: string, pin: string): Promise<boolean> {
  return verify(pinHash, pin);
}
