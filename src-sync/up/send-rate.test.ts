import { describe, expect, test } from 'vitest';
import { SendRate } from './send-rate.ts';

function measured() {
  let now = Date.parse('2026-11-23T12:00:00.000Z');
  const rate = new SendRate(() => new Date(now));
  return {
    rate,
    pass: (ms: number) => {
      now += ms;
    },
    /** Sends steadily: one batch after each of so many milliseconds. */
    send: (batches: number, everyMs: number, events: number, bytes: number) => {
      for (let batch = 0; batch < batches; batch += 1) {
        now += everyMs;
        rate.acknowledged(events, bytes);
      }
    },
  };
}

describe('the rate', () => {
  test('is unknown before something was sent and acknowledged', () => {
    const { rate, pass } = measured();
    expect(rate.current()).toBeNull();
    rate.sending();
    pass(100);
    expect(rate.current()).toBeNull();
  });

  test('is unknown while no time has passed: nothing is divided by it', () => {
    const { rate } = measured();
    rate.sending();
    rate.acknowledged(500, 1_000);
    expect(rate.current()).toBeNull();
  });

  test('is of the time since the sending began, where that is short', () => {
    const { rate, send } = measured();
    rate.sending();
    send(1, 200, 500, 400_000);
    expect(rate.current()).toEqual({ eventsPerSecond: 2_500, bytesPerSecond: 2_000_000 });
  });

  test('is of the last five seconds, and forgets what was before', () => {
    const { rate, send } = measured();
    rate.sending();
    send(100, 100, 10, 1_000);
    expect(rate.current()?.eventsPerSecond).toBeCloseTo(100, -1);
    send(60, 100, 1, 50);
    const { eventsPerSecond, bytesPerSecond } = rate.current() ?? { eventsPerSecond: 0, bytesPerSecond: 0 };
    expect(eventsPerSecond).toBeGreaterThanOrEqual(9);
    expect(eventsPerSecond).toBeLessThanOrEqual(11);
    expect(bytesPerSecond).toBeLessThanOrEqual(550);
  });

  test('begins anew after a rest', () => {
    const { rate, pass, send } = measured();
    rate.sending();
    send(10, 100, 1_000, 1_000);
    rate.rest();
    expect(rate.current()).toBeNull();
    pass(60_000);
    rate.sending();
    send(1, 1_000, 7, 70);
    expect(rate.current()).toEqual({ eventsPerSecond: 7, bytesPerSecond: 70 });
  });

  test.each([-31_536_000_000, 31_536_000_000])('survives a clock that jumps by %i ms', (jump) => {
    const { rate, pass, send } = measured();
    rate.sending();
    send(20, 100, 10, 100);
    pass(jump);
    send(100, 100, 10, 100);
    const { eventsPerSecond = 0 } = rate.current() ?? {};
    expect(eventsPerSecond).toBeGreaterThanOrEqual(90);
    expect(eventsPerSecond).toBeLessThanOrEqual(110);
  });
});
