import type { Queryable } from '../database/database.ts';
import type { LoggedEvent } from '../log/log-reader.ts';
import { readClocks } from '../terminals/clock-periods.ts';
import { reportingTime } from '../terminals/reporting-time.ts';

/** The events with the time that reports show of them, where their till's clock was wrong. Those in the log keep their own. */
export async function inReportingTime(
  tx: Queryable,
  events: readonly LoggedEvent[],
): Promise<readonly LoggedEvent[]> {
  if (events.length === 0) return events;
  const clocks = await readClocks(
    tx,
    events.map(({ terminal_id }) => terminal_id),
  );
  return events.map((event) => {
    const { seq, timestamp, received_at: receivedAt } = event;
    return {
      ...event,
      timestamp: reportingTime({ seq, timestamp, receivedAt }, clocks.get(event.terminal_id) ?? []),
    };
  });
}
