/** Who is at the till. One person at a time; a restart signs out, the open sale stays. */
import { ApiError } from '../api/errors.ts';
import type { Person } from '../api/views.ts';
import type { StaffMember } from '../store/staff-store.ts';
import { pinMatches, pinSchema } from './pin.ts';

/** A guesser gets this many PINs wrong within the window; with four digits he needs half a day at the till. */
const WRONG_PINS = 5;
const WINDOW_MS = 30_000;

export interface Session {
  person(): Person | null;
  /**
   * @throws {ApiError} wrong_pin, too_many_attempts; somebody_signed_in while another person is: who tenders must be
   * who the sale names, in every window that shows this till
   */
  signIn(pin: string): Promise<Person>;
  signOut(): void;
  /** Who is signed in may have been given another name or role meanwhile, or may have left. @returns whether that changed anything */
  staffChanged(): boolean;
}

/**
 * @param monotonicMs a clock that nobody can set: with the wall clock set back an hour, the pause would last an hour
 */
export function createSession(staff: () => readonly StaffMember[], monotonicMs: () => number): Session {
  let current: Person | null = null;
  let wrongAt: number[] = [];

  async function personWith(pin: string): Promise<Person | undefined> {
    for (const { userId, pinHash } of staff()) {
      // One damaged hash must not keep everybody behind it out.
      if (await pinMatches(pinHash, pin).catch(() => false)) return asNow(userId, pinHash);
    }
    return undefined;
  }

  /** Comparing takes a while, and the server may have told meanwhile that this person has left, or has another role or PIN. */
  function asNow(id: string, matched: string): Person | undefined {
    const member = staff().find(({ userId, pinHash }) => userId === id && pinHash === matched);
    return member && { userId: id, name: member.name, role: member.role };
  }

  return {
    person: () => current,
    async signIn(pin) {
      const startedAt = monotonicMs();
      wrongAt = wrongAt.filter((at) => startedAt - at < WINDOW_MS);
      if (wrongAt.length >= WRONG_PINS) throw tooMany();
      // Counted before the slow comparison: guesses sent side by side must not share one count. A right PIN takes back
      // only itself, or a cashier could search the manager's PIN by typing his own in between.
      wrongAt.push(startedAt);
      const person = pinSchema.safeParse(pin).success ? await personWith(pin) : undefined;
      if (!person) {
        throw wrongAt.length >= WRONG_PINS
          ? tooMany()
          : new ApiError('wrong_pin', 'Nobody has this PIN. Try again.', 'now');
      }
      wrongAt.splice(wrongAt.indexOf(startedAt), 1);
      if (current !== null && current.userId !== person.userId) {
        throw new ApiError('somebody_signed_in', `${current.name} is signed in. Sign out first.`);
      }
      current = person;
      return person;
    },
    signOut: () => {
      current = null;
    },
    staffChanged() {
      if (current === null) return false;
      const { userId, name, role } = current;
      const now = staff().find((member) => member.userId === userId);
      if (now?.name === name && now.role === role) return false;
      current = now ? { userId, name: now.name, role: now.role } : null;
      return true;
    },
  };
}

function tooMany(): ApiError {
  return new ApiError(
    'too_many_attempts',
    'Too many wrong PINs. Wait half a minute, then try again.',
    'later',
  );
}
