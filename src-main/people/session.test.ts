/** Who is at the till while the server changes who works here. Real PINs. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { StaffMember } from '../store/staff-store.ts';
import { hashPin } from './pin.ts';
import { createSession } from './session.ts';

let maya: StaffMember;
let anotherPin: string;
let members: readonly StaffMember[];
beforeAll(async () => {
  maya = { userId: 'maya.torres', name: 'Maya Torres', role: 'manager', pinHash: await hashPin('2468') };
  anotherPin = await hashPin('1357');
});

function sessionOf(...staff: readonly StaffMember[]) {
  members = staff;
  return createSession(
    () => members,
    () => 0,
  );
}

describe('who signs in at the moment in which the server tells of him', () => {
  test('and has left is not let in', async () => {
    const session = sessionOf(maya);
    const signingIn = session.signIn('2468');
    members = [];
    expect(session.staffChanged()).toBe(false);
    await expect(signingIn).rejects.toMatchObject({ code: 'wrong_pin' });
    expect(session.person()).toBeNull();
  });

  test('and has another role now has that one', async () => {
    const session = sessionOf(maya);
    const signingIn = session.signIn('2468');
    members = [{ ...maya, name: 'Maya T.', role: 'cashier' }];
    await expect(signingIn).resolves.toEqual({ userId: 'maya.torres', name: 'Maya T.', role: 'cashier' });
  });

  test('and has another PIN now is not let in by the old one', async () => {
    const session = sessionOf(maya);
    const signingIn = session.signIn('2468');
    members = [{ ...maya, pinHash: anotherPin }];
    await expect(signingIn).rejects.toMatchObject({ code: 'wrong_pin' });
  });
});

describe('who is signed in', () => {
  test('is signed out when the server says that he has left', async () => {
    const session = sessionOf(maya);
    await session.signIn('2468');
    expect(session.staffChanged()).toBe(false);
    members = [];
    expect(session.staffChanged()).toBe(true);
    expect(session.person()).toBeNull();
  });

  test('has at once the role that the server says', async () => {
    const session = sessionOf(maya);
    await session.signIn('2468');
    members = [{ ...maya, role: 'cashier' }];
    expect(session.staffChanged()).toBe(true);
    expect(session.person()?.role).toBe('cashier');
  });
});
