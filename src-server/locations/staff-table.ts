/** Who may sign in at the tills of a location. */
import { z } from 'zod';
import type { StaffRecord } from '#sync/protocol/changes.ts';
import type { Queryable } from '../database/database.ts';

export interface StaffMember extends StaffRecord {
  readonly updatedAt: Date;
}

const staffRow = z
  .object({
    user_id: z.string(),
    name: z.string(),
    role: z.enum(['cashier', 'manager']),
    pin_hash: z.string(),
    active: z.boolean(),
    version: z.int(),
    updated_at: z.date(),
  })
  .transform(({ updated_at: updatedAt, ...record }): StaffMember => ({ ...record, updatedAt }));

const COLUMNS = 'user_id, name, role, pin_hash, active, version, updated_at';

/** As it goes down to the tills. */
export function staffRecordOf(member: StaffMember): StaffRecord {
  const { user_id, name, role, pin_hash, active, version } = member;
  return { user_id, name, role, pin_hash, active, version };
}

/** All of them, those who left too, by their id. Without `userIds`: everybody. */
export async function readStaff(
  queryable: Queryable,
  locationId: string,
  userIds?: readonly string[],
): Promise<StaffMember[]> {
  return queryable.query(
    staffRow,
    `SELECT ${COLUMNS} FROM location_staff
     WHERE location_id = $1 AND ($2::text[] IS NULL OR user_id = ANY($2)) ORDER BY user_id COLLATE "C"`,
    [locationId, userIds === undefined ? null : [...userIds]],
  );
}

/** Up to `limit` of them behind `after`, by their id. */
export async function readStaffPage(
  queryable: Queryable,
  locationId: string,
  after: string,
  limit: number,
): Promise<StaffMember[]> {
  return queryable.query(
    staffRow,
    `SELECT ${COLUMNS} FROM location_staff
     WHERE location_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3`,
    [locationId, after, limit],
  );
}

export async function saveStaff(tx: Queryable, locationId: string, member: StaffMember): Promise<void> {
  await tx.execute(
    `INSERT INTO location_staff (location_id, user_id, name, role, pin_hash, active, version, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (location_id, user_id) DO UPDATE SET
       name = EXCLUDED.name, role = EXCLUDED.role, pin_hash = EXCLUDED.pin_hash, active = EXCLUDED.active,
       version = EXCLUDED.version, updated_at = EXCLUDED.updated_at`,
    [
      locationId,
      member.user_id,
      member.name,
      member.role,
      member.pin_hash,
      member.active,
      member.version,
      member.updatedAt.toISOString(),
    ],
  );
}
