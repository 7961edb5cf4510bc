/**
 * When something happened at a till, for reports: by the server's clock, however wrong the till's was. The event itself keeps
 * what the till's clock said, and order comes from `seq`.
 *
 *     reading (head 40)        event 55              reading (head 90)     received
 *     ──────┼────────────────────┼───────────────────────┼──────────────────┼──────▶  the server's time
 *           lower bound          its time − the skew     upper bound
 *                                of one of the two
 *
 * - An event behind a reading's head happened after it, one that the head has in it before. So each event has bounds, and
 *   never happened later than it was received.
 * - The till's time less the skew of the reading before it or after it counts, if it lies within the bounds: so a clock that
 *   was set right in the middle spoils neither what came before nor what came after.
 * - Where neither does (the clock was wrong between two readings only), or the result would be later, it is the upper bound:
 *   by then it had certainly happened.
 * - A till of protocol 1 says nothing of its clock: its time counts, but not later than it was received.
 */
import { CLOCK_TOLERANCE_MS, type ClockPeriod } from './clock-periods.ts';

export interface TimedEvent {
  readonly seq: number;
  /** By the till's clock. */
  readonly timestamp: Date;
  /** By the server's. */
  readonly receivedAt: Date;
}

/** @param periods the terminal's, in order */
export function reportingTime(
  { seq, timestamp, receivedAt }: TimedEvent,
  periods: readonly ClockPeriod[],
): Date {
  const before = periods.findLast(({ firstHead }) => firstHead < seq);
  const after = periods.find(({ lastHead }) => lastHead >= seq);
  const lower = before === undefined ? Number.NEGATIVE_INFINITY : lowerBound(before, seq);
  const upper = Math.min(
    receivedAt.getTime(),
    after === undefined ? Number.POSITIVE_INFINITY : upperBound(after, seq),
  );
  const skews = [before, after].flatMap((period) => (period === undefined ? [] : [period.skewMs]));
  for (const skewMs of skews.length === 0 ? [0] : skews) {
    const time = timestamp.getTime() - (Math.abs(skewMs) <= CLOCK_TOLERANCE_MS ? 0 : skewMs);
    const fits = time >= lower - CLOCK_TOLERANCE_MS && time <= upper + CLOCK_TOLERANCE_MS;
    if (fits) return new Date(Math.min(time, upper));
  }
  return new Date(before === undefined && after === undefined ? Math.min(timestamp.getTime(), upper) : upper);
}

function lowerBound({ firstAt, lastAt, lastHead }: ClockPeriod, seq: number): number {
  return (lastHead < seq ? lastAt : firstAt).getTime();
}

function upperBound({ firstAt, lastAt, firstHead }: ClockPeriod, seq: number): number {
  return (firstHead >= seq ? firstAt : lastAt).getTime();
}
