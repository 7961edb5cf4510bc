import { eq } from 'drizzle-orm';
import type { Role } from '../api/views.ts';
import type { ReadHandle, WriteHandle } from './handles.ts';
import { staff } from './schema.ts';

export interface StaffMember {
  readonly userId: string;
  readonly name: string;
  readonly role: Role;
  /** argon2id; the PIN itself is nowhere. */
  readonly pinHash: string;
}

export function activeStaff({ query }: ReadHandle): StaffMember[] {
  return query.select().from(staff).where(eq(staff.active, true)).all();
}

export function writeStaff({ write }: WriteHandle, member: StaffMember): void {
  const { name, role, pinHash } = member;
  write
    .insert(staff)
    .values({ ...member, active: true, version: 0 })
    .onConflictDoUpdate({ target: staff.userId, set: { name, role, pinHash, active: true } })
    .run();
}
