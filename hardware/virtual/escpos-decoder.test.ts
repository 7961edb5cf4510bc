import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { charactersOf } from '#hardware/printer/code-page.ts';
import { characterAt } from './character-tables.ts';
import { decodeEscPos, EscPosDecoder } from './escpos-decoder.ts';
import type { Operation } from './escpos-operation.ts';
import { receiptSvg } from './receipt-svg.ts';
import { receiptText } from './receipt-text.ts';

const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const decode = (text: string) => decodeEscPos(latin1(text));
const visible = (operations: readonly Operation[]) => operations.filter(({ kind }) => kind !== 'setting');

describe('single commands', () => {
  test('text carries the style that the commands before it set', () => {
    const operations = decode('\u{1b}a\u{1}\u{1b}E\u{1}\u{1d}!\u{11}Hi\u{1b}-\u{2}\u{1b}M\u{1}x');
    expect(visible(operations)).toEqual([
      {
        kind: 'text',
        text: 'Hi',
        style: {
          bold: true,
          underline: 0,
          inverted: false,
          font: 'A',
          width: 2,
          height: 2,
          align: 'center',
        },
      },
      {
        kind: 'text',
        text: 'x',
        style: {
          bold: true,
          underline: 2,
          inverted: false,
          font: 'B',
          width: 2,
          height: 2,
          align: 'center',
        },
      },
    ]);
  });

  test('ESC ! sets font, weight, size and underline in one byte, ESC @ sets all back', () => {
    const [mode, reset] = decode('\u{1b}!\u{b9}a\u{1b}@b').filter((operation) => operation.kind === 'text');
    expect(mode?.style).toMatchObject({ bold: true, width: 2, height: 2, font: 'B', underline: 1 });
    expect(reset?.style).toMatchObject({ bold: false, width: 1, height: 1, font: 'A', underline: 0 });
  });

  test('drawer pulses, in turn and in real time', () => {
    expect(decode('\u{1b}p\u{1}\u{32}\u{fa}\u{10}\u{14}\u{1}\u{0}\u{2}')).toEqual([
      { kind: 'drawer_pulse', pin: 5, onMilliseconds: 100, offMilliseconds: 500, realTime: false },
      { kind: 'drawer_pulse', pin: 2, onMilliseconds: 200, offMilliseconds: 200, realTime: true },
    ]);
  });

  test('feeds, cuts and status requests', () => {
    expect(
      decode('\n\u{1b}d\u{3}\u{1b}J\u{20}\u{1d}V\u{0}\u{1d}VB\u{10}\u{1b}m\u{10}\u{4}\u{4}\u{1d}r\u{1}'),
    ).toEqual([
      { kind: 'feed_rows', rows: 1 },
      { kind: 'feed_rows', rows: 3 },
      { kind: 'feed_dots', dots: 32 },
      { kind: 'cut', mode: 'full', feedDots: 0 },
      { kind: 'cut', mode: 'partial', feedDots: 16 },
      { kind: 'cut', mode: 'partial', feedDots: 0 },
      { kind: 'status_request', command: 'DLE EOT', n: 4 },
      { kind: 'status_request', command: 'GS r', n: 1 },
    ]);
  });

  test('barcodes of both functions, with the set options', () => {
    const operations = decode(
      '\u{1d}h\u{50}\u{1d}w\u{2}\u{1d}H\u{2}\u{1d}k\u{2}4006381333931\u{0}\u{1d}kI\u{8}{BA{{{C\u{7}',
    );
    expect(visible(operations)).toMatchObject([
      {
        kind: 'barcode',
        symbology: 'ean13',
        data: '4006381333931',
        height: 80,
        moduleWidth: 2,
        caption: 'below',
      },
      { kind: 'barcode', symbology: 'code128', data: 'A{07' },
    ]);
  });

  test('CODE128 without a code set in front is no barcode to a printer', () => {
    expect(decode('\u{1d}kI\u{2}T1')).toMatchObject([{ kind: 'unknown' }, { kind: 'text', text: 'T1' }]);
  });

  test('a QR code prints what was stored before', () => {
    const operations = decode('\u{1d}(k\u{3}\u{0}1C\u{5}\u{1d}(k\u{5}\u{0}1P0hi\u{1d}(k\u{3}\u{0}1Q0');
    expect(visible(operations)).toEqual([{ kind: 'qr', data: 'hi', moduleWidth: 5, align: 'left' }]);
  });

  test('a raster image keeps its dots', () => {
    expect(decode('\u{1d}v0\u{0}\u{2}\u{0}\u{2}\u{0}\u{ff}\u{0}\u{1b}\u{1d}')).toEqual([
      {
        kind: 'raster',
        width: 16,
        height: 2,
        bits: Uint8Array.of(0xff, 0, 0x1b, 0x1d),
        align: 'left',
      },
    ]);
  });

  test('a column image becomes rows', () => {
    // Two columns of eight dots: the upper dot of the first, the lowest of the second.
    const [image] = decode('\u{1b}*\u{0}\u{2}\u{0}\u{80}\u{1}');
    expect(image).toMatchObject({ kind: 'raster', width: 2, height: 8 });
    expect(image?.kind === 'raster' && [...image.bits]).toEqual([0x80, 0, 0, 0, 0, 0, 0, 0x40]);
  });

  test('what it does not know is reported, and reading goes on behind it', () => {
    expect(visible(decode('a\u{1b}\u{ff}\u{1d}(L\u{2}\u{0}01b\u{1b}'))).toMatchObject([
      { kind: 'text', text: 'a' },
      { kind: 'unknown', bytes: latin1('\u{1b}\u{ff}') },
      { kind: 'unknown', bytes: latin1('\u{1d}(L\u{2}\u{0}01') },
      { kind: 'text', text: 'b' },
      { kind: 'unknown', bytes: latin1('\u{1b}') },
    ]);
  });
});

test.each([
  ['cp437', 0],
  ['cp858', 19],
  ['windows1252', 16],
] as const)('its table of %s has every character that the encoder counts on', (name, page) => {
  const table = new Set(Array.from({ length: 224 }, (_, index) => characterAt(index + 0x20, page)));
  expect([...charactersOf(name)].filter((character) => !table.has(character))).toEqual([]);
});

/** Bytes that look like commands more often than chance would make them. */
const printerBytes = fc
  .array(
    fc.oneof(
      fc.constantFrom(0x1b, 0x1d, 0x10, 0x1c, 0x0a, 0x28, 0x6b, 0x76, 0x2a, 0x70, 0x00, 0x01, 0x30),
      fc.integer({ min: 0, max: 255 }),
    ),
    { maxLength: 400 },
  )
  .map((bytes) => Uint8Array.from(bytes));

describe('any bytes at all', () => {
  test('are decoded, drawn and written without an exception', () => {
    fc.assert(
      fc.property(printerBytes, (bytes) => {
        const operations = decodeEscPos(bytes);
        receiptText(operations, 576);
        expect(receiptSvg(operations, 576)).toMatch(/^<svg .*<\/svg>$/s);
      }),
    );
  });

  test('mean the same in one piece as in pieces', () => {
    fc.assert(
      fc.property(printerBytes, fc.integer({ min: 1, max: 9 }), (bytes, size) => {
        const decoder = new EscPosDecoder();
        const operations: Operation[] = [];
        for (let at = 0; at < bytes.length; at += size)
          operations.push(...decoder.push(bytes.subarray(at, at + size)));
        operations.push(...decoder.finish());
        expect(joinText(operations)).toEqual(joinText(decodeEscPos(bytes)));
      }),
    );
  });
});

/** A text that arrived in pieces is the same text. */
function joinText(operations: readonly Operation[]): Operation[] {
  const joined: Operation[] = [];
  for (const operation of operations) {
    const last = joined.at(-1);
    if (operation.kind === 'text' && last?.kind === 'text' && last.style === operation.style) {
      joined[joined.length - 1] = { ...last, text: last.text + operation.text };
    } else joined.push(operation);
  }
  return joined;
}
