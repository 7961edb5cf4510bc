/** Who is at the till. One person at a time; a restart signs out, the open sale stays. */
import { ApiError } from '../api/errors.ts';
import type { Person } from '../api/views.ts';
import type { StaffMember } from '../store/staff-store.ts';
import { pinMatches, pinSchema } from './pin.ts';

const WRONG_PINS_BEFORE_PAUSE = 5;
const PAUSE_MS = 30_000;

export interface Session {
  person(): Person | null;
  /** @throws {ApiError} wrong_pin, too_many_attempts */
  signIn(pin: string): Promise<Person>;
  signOut(): void;
}

export function createSession(staff: () => readonly StaffMember[], now: () => Date): Session {
  let current: Person | null = null;
  let wrongInARow = 0;
  let pausedUntil = 0;

  async function personWith(pin: string): Promise<Person | undefined> {
    for (const { userId, name, role, pinHash } of staff()) {
      if (await pinMatches(pinHash, pin)) return { userId, name, role };
    }
    return undefined;
  }

  return {
    person: () => current,
    async signIn(pin) {
      if (now().getTime() < pausedUntil) {
        throw new ApiError(
          'too_many_attempts',
          'Too many wrong PINs. Wait half a minute, then try again.',
          'later',
        );
      }
      // Counted before the slow comparison: guesses sent side by side must not share one count.
      wrongInARow += 1;
      if (wrongInARow >= WRONG_PINS_BEFORE_PAUSE) {
        pausedUntil = now().getTime() + PAUSE_MS;
        wrongInARow = 0;
      }
      const person = pinSchema.safeParse(pin).success ? await personWith(pin) : undefined;
      if (!person) throw new ApiError('wrong_pin', 'Nobody has this PIN. Try again.', 'now');
      wrongInARow = 0;
      pausedUntil = 0;
      current = person;
      return person;
    },
    signOut: () => {
      current = null;
    },
  };
}
