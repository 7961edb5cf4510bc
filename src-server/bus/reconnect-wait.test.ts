import { describe, expect, it } from 'vitest';
import { createReconnectWait } from './reconnect-wait.ts';

function waitAt() {
  const clock = { now: 0, random: 1 - Number.EPSILON };
  const wait = createReconnectWait(
    () => clock.random,
    () => clock.now,
  );
  return { clock, wait, next: (times: number) => Array.from({ length: times }, () => wait.next()) };
}

describe('the wait before a connection is tried again', () => {
  it('doubles up to ten seconds', () => {
    expect(waitAt().next(8)).toEqual([249, 499, 999, 1_999, 3_999, 7_999, 9_999, 9_999]);
  });

  it('is spread over its upper half, also at the longest', () => {
    const { clock, next } = waitAt();
    next(20);
    clock.random = 0;
    expect(next(1)).toEqual([5_000]);
  });

  it('begins anew after a connection that stayed, and goes on after one that did not', () => {
    const { clock, wait, next } = waitAt();
    next(3);
    wait.connected();
    clock.now += 9_999;
    expect(next(1)).toEqual([1_999]);
    wait.connected();
    clock.now += 10_000;
    expect(next(2)).toEqual([249, 499]);
  });
});
