import { beforeEach, describe, expect, test } from 'vitest';
import { type BacklogRest, backlogRest } from './backlog-rest.ts';

describe('a subscriber with a backlog', () => {
  let time: number;
  let busy: boolean;
  let rest: BacklogRest;

  beforeEach(() => {
    time = 5_000;
    busy = false;
    rest = backlogRest(
      () => busy,
      () => time,
    );
  });

  test('rests for twice as long as a page took, and never long, when nobody waits', () => {
    expect([rest.after(10), rest.after(60), rest.after(5_000)]).toEqual([20, 120, 200]);
  });

  test('rests long while tills wait for the database', () => {
    busy = true;
    expect(rest.after(10)).toBe(1_000);
    busy = false;
    expect(rest.after(10)).toBe(20);
  });

  test('goes on all the same when it has been behind for half a minute, until it has caught up', () => {
    busy = true;
    rest.after(10);
    time += 29_999;
    expect(rest.after(10)).toBe(1_000);
    time += 1;
    expect(rest.after(10)).toBe(20);
    time += 60_000;
    expect(rest.after(10)).toBe(20);
    rest.caughtUp();
    expect(rest.after(10)).toBe(1_000);
  });
});
