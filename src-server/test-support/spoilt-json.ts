/** What no server should fall over: values that fit nowhere, and JSON with one of them somewhere inside. */
import fc from 'fast-check';
import type { Draw } from './draw.ts';

/** Stands in a value for text that JSON.stringify cannot print, and that parsers read all the same. */
const rawNumber = (text: string) => `\u0001${text}\u0001`;

const deep = (depth: number, open: string, close: string): unknown =>
  JSON.parse(open.repeat(depth) + (open === '[' ? '' : '1') + close.repeat(depth));

export const NASTY_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  0.1 + 0.2,
  2 ** 53,
  2 ** 63,
  1e21,
  1e308,
  5e-324,
  rawNumber('1e999'),
  rawNumber('9'.repeat(400)),
  rawNumber('-0'),
  '',
  'NaN',
  '0x10',
  '\u0000',
  '\ud800',
  '\u202e\ufeff',
  '🍷',
  'x'.repeat(300),
  'x'.repeat(50_000),
  '__proto__',
  'ALL',
  "' OR 1=1; --",
  '2026-02-30',
  '9999999-01-01T00:00:00.000Z',
  '4242424242424242',
  {},
  [],
  [null],
  { $ne: '' },
  JSON.parse('{"__proto__":{"admin":true}}'),
  deep(2000, '[', ']'),
  deep(2000, '{"a":', '}'),
];

/** Names of fields that a strict object does not know, and that a careless one trips over. */
const NASTY_NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  'a\u0000',
  '\ud800',
  'more',
];

/** JSON text of a fitting value in which one place is nasty, left out, or has a field too many: all there are. */
export function* singleFaults(fitting: unknown): Generator<string> {
  const count = placesIn({ root: fitting }).length;
  for (let index = 0; index < count; index += 1) {
    for (const value of NASTY_VALUES) yield changedAt(fitting, index, (place) => set(place, value));
    yield changedAt(fitting, index, ({ holder, key }) => Reflect.deleteProperty(holder, key));
    for (const name of NASTY_NAMES) yield changedAt(fitting, index, (place) => addField(place, name, 1));
  }
}

function changedAt(fitting: unknown, index: number, change: (place: Place) => unknown): string {
  const top = { root: structuredClone(fitting) };
  const place = placesIn(top)[index];
  if (place === undefined) throw new Error('no such place');
  change(place);
  return printed(top.root);
}

function set({ holder, key }: Place, value: unknown): void {
  Reflect.set(holder, key, value);
}

/** Into the object at this place, or beside it. Not by assignment: that would set the prototype. */
function addField({ holder, key }: Place, name: string, value: unknown): void {
  const at: unknown = Reflect.get(holder, key);
  Object.defineProperty(typeof at === 'object' && at !== null ? at : holder, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** JSON text that was a fitting value before one place in it was changed. */
export function spoiltJson(draw: Draw, fitting: unknown): string {
  const index = draw.from(fc.nat(placesIn({ root: fitting }).length - 1));
  return changedAt(fitting, index, (place) => {
    const value: unknown = Reflect.get(place.holder, place.key);
    switch (draw.oneOf(['replace', 'replace', 'remove', 'add', 'wrap', 'repeat'])) {
      case 'remove':
        Reflect.deleteProperty(place.holder, place.key);
        break;
      case 'add':
        addField(place, draw.oneOf(NASTY_NAMES), draw.oneOf(NASTY_VALUES));
        break;
      case 'wrap':
        set(place, [value]);
        break;
      case 'repeat':
        set(
          place,
          Array.from({ length: draw.oneOf([2, 3000]) }, () => value),
        );
        break;
      default:
        set(place, draw.oneOf(NASTY_VALUES));
    }
  });
}

/** Text that is no JSON, or JSON of a root that no route takes. */
export function brokenJson(draw: Draw, fitting: unknown): Buffer {
  const text = JSON.stringify(fitting) ?? '';
  switch (draw.oneOf(['cut', 'tail', 'root', 'bytes', 'quotes', 'number', 'deep', 'empty', 'large'])) {
    case 'cut':
      return Buffer.from(text.slice(0, draw.from(fc.nat(Math.max(text.length - 1, 0)))));
    case 'tail':
      return Buffer.from(text + draw.oneOf([',', '}', text, '\u0000', ' //']));
    case 'root':
      return Buffer.from(draw.oneOf(['null', 'true', '1', '"text"', '[]', '[{}]', '[null]', '1e999']));
    case 'bytes':
      return Buffer.concat([
        Buffer.from(text.slice(0, -1)),
        Buffer.from([0xff, 0xfe, 0xc3, 0x28]),
        Buffer.from('}'),
      ]);
    case 'quotes':
      return Buffer.from(text.replaceAll('"', "'"));
    case 'number':
      return Buffer.from(text.replace(/\d+/, draw.oneOf(['NaN', '0x1F', '01', '1.', '+1', 'undefined'])));
    case 'deep':
      return Buffer.from('['.repeat(30_000) + draw.oneOf(['', ']'.repeat(30_000)]));
    case 'large':
      return Buffer.from(JSON.stringify({ more: 'x'.repeat(draw.oneOf([70_000, 2_000_000])) }));
    default:
      return Buffer.alloc(0);
  }
}

interface Place {
  readonly holder: object;
  readonly key: string;
}

function placesIn(holder: object): Place[] {
  return Object.keys(holder).flatMap((key) => {
    const value = Reflect.get(holder, key) as unknown;
    const inside = typeof value === 'object' && value !== null ? placesIn(value) : [];
    return [{ holder, key }, ...inside];
  });
}

function printed(value: unknown): string {
  return (JSON.stringify(value) ?? '').replace(/"\\u0001([^"\\]*)\\u0001"/g, '$1');
}
