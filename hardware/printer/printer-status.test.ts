import { expect, test } from 'vitest';
import { isRealTimeAnswer, isSensorAnswer, saysPaperEnd, troubleOf } from './printer-status.ts';

const FINE = 0x12;

test.each([
  ['nothing', [FINE, FINE, FINE, FINE], undefined],
  ['paper near its end', [FINE, FINE, FINE, FINE | 0x0c], undefined],
  ['an open drawer', [FINE | 0x04, FINE, FINE, FINE], undefined],
  ['an open cover', [FINE | 0x08, FINE | 0x04, FINE, FINE | 0x60], 'cover_open'],
  ['no paper at the sensor', [FINE | 0x08, FINE, FINE, FINE | 0x60], 'paper_out'],
  ['printing stopped for want of paper', [FINE | 0x08, FINE | 0x20, FINE, FINE], 'paper_out'],
  ['a jammed cutter', [FINE | 0x08, FINE | 0x40, FINE | 0x08, FINE], 'fault'],
  ['an error that needs service', [FINE | 0x08, FINE, FINE | 0x20, FINE], 'fault'],
  ['offline by its button', [FINE | 0x08, FINE | 0x08, FINE, FINE], 'offline'],
] as const)('%s', (_, [printer, offline, error, paper], trouble) => {
  expect(troubleOf(printer, offline, error, paper)).toBe(trouble);
});

test('answers of the two kinds are never taken for each other', () => {
  for (let byte = 0; byte < 256; byte += 1)
    expect(isRealTimeAnswer(byte) && isSensorAnswer(byte)).toBe(false);
});

test('the end of the roll is told from its approach', () => {
  expect([0x00, 0x03, 0x0c, 0x0f].map(saysPaperEnd)).toEqual([false, false, true, true]);
});
