/** PINs as the tills check them: the same library with the same defaults as `src-main/people/pin.ts`. */
import { hash, verify } from '@node-rs/argon2';
import { pinSchema } from '#domain/people/pin.ts';

/** Argon2id, 19 MiB, two passes: about 30 ms, off this thread. */
export async function hashPin(pin: string): Promise<string> {
  return hash(pinSchema.parse(pin));
}

/** Which of these hashes is that of the PIN. One after the other: nobody waits for it but the admin who asked. */
export async function findPin(pin: string, pinHashes: readonly string[]): Promise<string | undefined> {
  for (const pinHash of pinHashes) {
    // A hash that cannot be read lets nobody in.
    if (await verify(pinHash, pin).catch(() => false)) return pinHash;
  }
  return undefined;
}
