import { eq } from 'drizzle-orm';
import type { ReadHandle } from './handles.ts';
import { downCursor } from './schema.ts';

export interface DownCursor {
  /** The server's own text; null before the first snapshot is in. */
  readonly cursor: string | null;
  /** UTC instant */
  readonly appliedAt: string | null;
}

/** How far this till has what the server tells. */
export function downCursorReader({ query }: ReadHandle): () => DownCursor {
  const row = query
    .select({ cursor: downCursor.cursor, appliedAt: downCursor.appliedAt })
    .from(downCursor)
    .where(eq(downCursor.slot, 1))
    .prepare();
  return () => row.get() ?? { cursor: null, appliedAt: null };
}
