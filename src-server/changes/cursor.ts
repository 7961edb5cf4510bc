/**
 * Where a terminal stands on its way down, as a text that only the server reads: the position of a row of the log, and the
 * row's event id. By that a server that was restored from an older backup knows a cursor of a history that it has lost: the
 * same position may have been given again, the id has not.
 *
 * What a page tells of people and stock is of now, and so perhaps of later than the row that it ends with. So the cursor
 * also names the last row that could be seen when the page was read: that one must still be there as well.
 */
import type { ChangesCursor } from '#sync/protocol/changes.ts';
import type { LogPosition } from '../log/log-reader.ts';

/** A row of the log. */
export interface LogMark extends LogPosition {
  readonly eventId: string;
}

export type Cursor =
  /** Before the first event: of a log that had none. */
  | { readonly kind: 'beginning' }
  | {
      readonly kind: 'behind';
      /** Told up to here and with it; no event can come before it any more. */
      readonly at: LogMark;
      /** The last that was there when it was told; `at` itself where nothing lay behind it. */
      readonly seen: LogMark;
    };

const FORM = '1';
const BEGINNING_TEXT = `${FORM}.beginning`;

export function cursorText(cursor: Cursor): ChangesCursor {
  switch (cursor.kind) {
    case 'beginning':
      return BEGINNING_TEXT;
    case 'behind': {
      const { at, seen } = cursor;
      const marks = at.eventId === seen.eventId ? [at] : [at, seen];
      return [FORM, ...marks.flatMap(({ tx, id, eventId }) => [tx, id, eventId])].join('.');
    }
  }
}

const MARK = String.raw`\.(\d{1,15})\.(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})`;
const BEHIND = new RegExp(`^${FORM}${MARK}(?:${MARK})?$`);

/** Undefined for what is none of ours, or of another version. */
export function parseCursor(text: string): Cursor | undefined {
  if (text === BEGINNING_TEXT) return { kind: 'beginning' };
  const [, ...parts] = BEHIND.exec(text) ?? [];
  const at = markOf(parts.slice(0, 3));
  return at && { kind: 'behind', at, seen: markOf(parts.slice(3)) ?? at };
}

function markOf([tx, id, eventId]: readonly (string | undefined)[]): LogMark | undefined {
  if (tx === undefined || id === undefined || eventId === undefined) return undefined;
  return { tx: Number(tx), id: Number(id), eventId };
}
