/** Every event that is readable behind a position, of all types, in order, page by page. */
import { z } from 'zod';
import type { Queryable } from '../database/database.ts';
import { type LogPosition, type LoggedEvent, findPage, readRange } from '../log/log-reader.ts';

const PAGE = 500;
const typeRow = z.object({ event_type: z.string() });

export async function readAllBehind(queryable: Queryable, from: LogPosition): Promise<LoggedEvent[]> {
  const types = (await queryable.query(typeRow, 'SELECT DISTINCT event_type FROM event_log')).map(
    ({ event_type }) => event_type,
  );
  const events: LoggedEvent[] = [];
  let at = from;
  for (;;) {
    const page = await findPage(queryable, at, PAGE);
    if (page.size > 0) events.push(...(await readRange(queryable, page, types)));
    if (page.size < PAGE) return events;
    at = page.to;
  }
}
