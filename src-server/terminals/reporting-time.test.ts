import { describe, expect, it } from 'vitest';
import type { ClockPeriod } from './clock-periods.ts';
import { reportingTime } from './reporting-time.ts';

const YEAR = 365 * 86_400_000;
const HOUR = 3_600_000;
const at = (hours: number) => new Date(Date.parse('2026-11-24T00:00:00.000Z') + hours * HOUR);
const period = (
  hours: number,
  head: number,
  skewMs: number,
  lastHours = hours,
  lastHead = head,
): ClockPeriod => ({
  firstAt: at(hours),
  lastAt: at(lastHours),
  firstHead: head,
  lastHead,
  skewMs,
});
/** The till's clock shows this when it is truly `hours`. */
const shows = (hours: number, skewMs: number) => new Date(at(hours).getTime() + skewMs);

describe('the time of an event for reports', () => {
  it.each([0, 30_000, -30_000])('is the till’s own where its clock is right (%i ms off)', (skewMs) => {
    const event = { seq: 50, timestamp: shows(9, skewMs), receivedAt: at(10) };
    expect(reportingTime(event, [period(8, 40, skewMs)])).toEqual(event.timestamp);
  });

  it.each([YEAR, -YEAR])('is put right where the clock is a year off (%i)', (skewMs) => {
    const event = { seq: 50, timestamp: shows(9, skewMs), receivedAt: at(10) };
    expect(reportingTime(event, [period(8, 40, skewMs)])).toEqual(at(9));
  });

  it('is right on both sides of the moment at which somebody set the clock', () => {
    const periods = [period(8, 40, YEAR), period(12, 90, 0)];
    // Sold offline between the two readings: one before the clock was set, one after.
    expect(reportingTime({ seq: 50, timestamp: shows(9, YEAR), receivedAt: at(12) }, periods)).toEqual(at(9));
    expect(reportingTime({ seq: 80, timestamp: at(11), receivedAt: at(12) }, periods)).toEqual(at(11));
  });

  it('is never later than the event was received', () => {
    const event = { seq: 5, timestamp: at(30), receivedAt: at(10) };
    expect(reportingTime(event, [])).toEqual(at(10));
    expect(reportingTime(event, [period(8, 0, 0)])).toEqual(at(10));
  });

  it('is when it had certainly happened, where no reading explains the clock', () => {
    const event = { seq: 50, timestamp: shows(9, 5 * YEAR), receivedAt: at(13) };
    expect(reportingTime(event, [period(8, 40, 0), period(12, 90, 0)])).toEqual(at(12));
  });
});
