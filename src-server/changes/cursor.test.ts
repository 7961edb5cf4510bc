import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changesCursorSchema } from '#sync/protocol/changes.ts';
import { type Cursor, cursorText, parseCursor } from './cursor.ts';

const mark = fc.record({
  tx: fc.nat({ max: 10 ** 15 - 1 }),
  id: fc.nat({ max: 10 ** 15 - 1 }),
  eventId: fc.uuid(),
});

it('is read back as it was written, and fits the protocol', () => {
  fc.assert(
    fc.property(mark, fc.option(mark), (at, other) => {
      const cursor: Cursor = { kind: 'behind', at, seen: other ?? at };
      const text = cursorText(cursor);
      expect(changesCursorSchema.parse(text)).toBe(text);
      expect(parseCursor(text)).toEqual(cursor);
    }),
  );
  expect(parseCursor(cursorText({ kind: 'beginning' }))).toEqual({ kind: 'beginning' });
});

it('is nothing else', () => {
  const good = cursorText({
    kind: 'behind',
    at: { tx: 12, id: 34, eventId: '01a20d69-4bbe-745a-9c83-05d2cbcc0817' },
    seen: { tx: 12, id: 34, eventId: '01a20d69-4bbe-745a-9c83-05d2cbcc0817' },
  });
  for (const text of [
    '',
    '1',
    '2.beginning',
    `${good}.`,
    `${good}.1.2`,
    ` ${good}`,
    `${good}\n`,
    good.toUpperCase(),
  ]) {
    expect([text, parseCursor(text)]).toEqual([text, undefined]);
  }
  expect(parseCursor(good.replace('12', '1'.repeat(16)))).toBeUndefined();
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => parseCursor(text) === undefined));
});
