import { z } from 'zod';

/** Four to eight digits, as a hand on a number pad can remember them. */
export const pinSchema = z.string().regex(/^\d{4,8}$/, 'a PIN has four to eight digits');

/**
 * A PIN as it is kept and sent to the tills: Argon2id in the PHC string format. Memory, passes and lanes are bounded, because
 * a till computes whatever it is told to each time that somebody signs in: at most 64 MiB, six passes, four lanes. The salt has
 * 16 bytes and the hash 32, as the till's own.
 */
export const pinHashSchema = z
  .string()
  .min(93)
  .max(100)
  .regex(
    /^\$argon2id\$v=19\$m=(?:[1-9]\d{1,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-6]),t=[1-6],p=[1-4]\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    'not an Argon2id hash that a till would compute',
  );
