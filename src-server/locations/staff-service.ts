/** Changes the people of a location, each change with its version and its event in one transaction. */
import { draftOfLocationEvent } from '#domain/events/location-events.ts';
import type { StaffRecord } from '#sync/protocol/changes.ts';
import type { Database } from '../database/database.ts';
import { HttpFailure } from '../http/http-failure.ts';
import type { EventLog, LogTransaction, ServerOrigin } from '../log/event-log.ts';
import { checkVersion } from './expected-version.ts';
import { lockLocation } from './location-lock.ts';
import { findPin, hashPin } from './pin.ts';
import { type StaffMember, readStaff, saveStaff } from './staff-table.ts';

export interface StaffWishes extends Pick<StaffRecord, 'user_id' | 'name' | 'role' | 'active'> {
  /** Digits, or the hash that was made of them elsewhere; undefined: the PIN stays. */
  readonly pin?: string | undefined;
  readonly pin_hash?: string | undefined;
}

export interface StaffService {
  list(locationId: string): Promise<readonly StaffMember[]>;
  /** @throws {HttpFailure} `not_found` */
  find(locationId: string, userId: string): Promise<StaffMember>;
  /**
   * Makes the person, or changes the one who has this version. Who says nothing new changes nothing.
   * @param version undefined: there is nobody of this id yet
   * @throws {HttpFailure} `not_found`, `version_differs`, `version_required`, `pin_required`, `pin_taken`, `unavailable`
   */
  put(wishes: StaffWishes, version: number | undefined, origin: ServerOrigin): Promise<StaffChange>;
  /** @throws {HttpFailure} `not_found`, `version_differs` */
  deactivate(userId: string, version: number, origin: ServerOrigin): Promise<StaffMember>;
}

export interface StaffChange {
  readonly member: StaffMember;
  readonly created: boolean;
}

/** Others may change people while PINs are compared, which takes long; so often it begins anew. */
const ATTEMPTS = 5;

export function createStaffService(database: Database, log: EventLog): StaffService {
  async function find(locationId: string, userId: string): Promise<StaffMember> {
    const [member] = await readStaff(database, locationId, [userId]);
    if (member === undefined) throw noSuchPerson(userId);
    return member;
  }

  /** Undefined when somebody else was changed meanwhile: what was found about PINs is then no longer known. */
  async function attempt(
    wishes: StaffWishes,
    version: number | undefined,
    origin: ServerOrigin,
  ): Promise<StaffChange | undefined> {
    const { locationId } = origin;
    const people = await readStaff(database, locationId);
    const stored = storedIn(people, wishes.user_id, version);
    // Outside of the transaction: 30 ms a person.
    const pinHash = await pinHashFor(wishes, stored, people);
    const member: StaffMember = {
      user_id: wishes.user_id,
      name: wishes.name,
      role: wishes.role,
      pin_hash: pinHash,
      active: wishes.active,
      version: (stored?.version ?? 0) + 1,
      updatedAt: origin.now,
    };
    if (stored !== undefined && saysNothingNew(stored, member)) return { member: stored, created: false };
    return log.write(async (tx) => {
      await lockLocation(tx, locationId);
      if (standOf(await readStaff(tx, locationId)) !== standOf(people)) return undefined;
      await write(tx, member, origin);
      return { member, created: stored === undefined };
    });
  }

  return {
    list: (locationId) => readStaff(database, locationId),
    find,
    async put(wishes, version, origin) {
      for (let time = 0; time < ATTEMPTS; time += 1) {
        const change = await attempt(wishes, version, origin);
        if (change !== undefined) return change;
      }
      throw new HttpFailure('unavailable', 'Others change the people of this location; try again');
    },
    deactivate: (userId, version, origin) =>
      log.write(async (tx) => {
        const { locationId, now } = origin;
        await lockLocation(tx, locationId);
        const stored = storedIn(await readStaff(tx, locationId, [userId]), userId, version);
        if (stored === undefined) throw noSuchPerson(userId);
        if (!stored.active) return stored;
        const member = { ...stored, active: false, version: version + 1, updatedAt: now };
        await write(tx, member, origin);
        return member;
      }),
  };
}

async function write(tx: LogTransaction, member: StaffMember, origin: ServerOrigin): Promise<void> {
  await saveStaff(tx, origin.locationId, member);
  const { user_id: userId, name, role, active, version } = member;
  const type = version === 1 ? 'staff.created' : 'staff.updated';
  await tx.append(origin, [draftOfLocationEvent({ type, version, userId, name, role, active })]);
}

function storedIn(
  people: readonly StaffMember[],
  userId: string,
  version: number | undefined,
): StaffMember | undefined {
  const stored = people.find((person) => person.user_id === userId);
  checkVersion(`person ${userId}`, stored, version);
  return stored;
}

/**
 * The hash to keep. A till knows people by their PIN alone, so no two who may sign in have the same; of two hashes that
 * cannot be seen, only of digits and a hash.
 */
async function pinHashFor(
  { user_id: userId, pin, pin_hash: given, active }: StaffWishes,
  stored: StaffMember | undefined,
  people: readonly StaffMember[],
): Promise<string> {
  const others = people
    .filter((person) => person.active && person.user_id !== userId)
    .map((person) => person.pin_hash);
  if (pin !== undefined) {
    if (active && (await findPin(pin, others)) !== undefined) throw pinTaken();
    const own = stored === undefined ? undefined : await findPin(pin, [stored.pin_hash]);
    return own ?? hashPin(pin);
  }
  if (given !== undefined) {
    if (active && others.includes(given)) throw pinTaken();
    return given;
  }
  if (stored === undefined) throw new HttpFailure('pin_required', `${userId} is new and needs a PIN`);
  // While they were away, somebody else may have got their PIN, and from the hash nobody can tell.
  if (active && !stored.active) {
    throw new HttpFailure('pin_required', `${userId} comes back and needs a PIN`);
  }
  return stored.pin_hash;
}

function saysNothingNew(a: StaffMember, b: StaffMember): boolean {
  return a.name === b.name && a.role === b.role && a.active === b.active && a.pin_hash === b.pin_hash;
}

function standOf(people: readonly StaffMember[]): string {
  return JSON.stringify(people.map((person) => [person.user_id, person.version]));
}

function noSuchPerson(userId: string): HttpFailure {
  return new HttpFailure('not_found', `There is no person ${userId} at this location`);
}

function pinTaken(): HttpFailure {
  return new HttpFailure('pin_taken', 'Somebody else at this location has this PIN: choose another');
}
