/** What a till keeps of the server, in memory: it applies pages and snapshots as the protocol asks of it. */
import { gunzipSync } from 'node:zlib';
import {
  type ChangesPage,
  type ChangesPullReply,
  type SnapshotLine,
  changesPullReplySchema,
  snapshotLineSchema,
} from '#sync/protocol/changes.ts';

export interface TillMirror {
  readonly cursor: string;
  /** @throws {Error} when the server sent something that breaks the protocol */
  apply(page: ChangesPage): void;
  /** All that it knows, each record under its kind and key. Equal texts: equal knowledge. */
  view(): Readonly<Record<string, unknown>>;
  copy(): TillMirror;
}

type Known = Map<string, { readonly version: number; readonly record: unknown }>;

export function mirrorOfSnapshot(file: Uint8Array): TillMirror {
  const lines = linesOfSnapshot(file);
  const [header, ...rest] = lines;
  const end = rest.pop();
  if (header?.kind !== 'header' || end?.kind !== 'end') throw new Error('the snapshot is not whole');
  if (end.records !== rest.length)
    throw new Error(`${end.records} records are said, ${rest.length} are there`);
  const known: Known = new Map();
  let last = 0;
  for (const line of rest) {
    const place = ORDER.indexOf(line.kind);
    if (place < last) throw new Error(`a ${line.kind} comes too late`);
    last = place;
    keep(known, ...entryOf(line));
  }
  return mirror(known, header.cursor);
}

const ORDER: readonly SnapshotLine['kind'][] = [
  'header',
  'merchandise_code',
  'item',
  'promotion',
  'staff',
  'settings',
  'stock',
  'end',
];

export function linesOfSnapshot(file: Uint8Array): SnapshotLine[] {
  const text = gunzipSync(file).toString();
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => snapshotLineSchema.parse(JSON.parse(line)));
}

/** The page of a reply, as a terminal reads it. @throws {Error} when it is none */
export function pageOf(reply: ChangesPullReply): ChangesPage {
  const read = changesPullReplySchema.parse(structuredClone(reply));
  if (!read.ok) throw new Error(`${read.code}: ${read.message}`);
  return read;
}

function entryOf(line: SnapshotLine): [string, number, unknown] {
  switch (line.kind) {
    case 'merchandise_code':
      return [`code ${line.record.code}`, line.record.version, line.record];
    case 'item':
      return [`item ${line.record.sku}`, line.record.version, line.record];
    case 'promotion':
      return [`promotion ${line.record.promotion_id}`, line.record.version, line.record];
    case 'staff':
      return [`staff ${line.record.user_id}`, line.record.version, line.record];
    case 'settings':
      return ['settings', line.record.version, line.record];
    case 'stock':
      return [`stock ${line.record.sku}`, Infinity, line.record];
    default:
      throw new Error(`a line ${line.kind} in the middle`);
  }
}

/** The highest version stays; stock is of now. */
function keep(known: Known, key: string, version: number, record: unknown): void {
  const before = known.get(key);
  if (before !== undefined && before.version > version) return;
  known.set(key, { version, record });
}

function mirror(known: Known, start: string): TillMirror {
  let cursor = start;
  return {
    get cursor() {
      return cursor;
    },
    apply(page) {
      for (const code of page.merchandise_codes) keep(known, `code ${code.code}`, code.version, code);
      for (const item of page.items) {
        if (!('deleted' in item)) refuseUnknownCode(known, item.category);
        keep(known, `item ${item.sku}`, item.version, item);
      }
      for (const one of page.promotions) keep(known, `promotion ${one.promotion_id}`, one.version, one);
      for (const person of page.staff) keep(known, `staff ${person.user_id}`, person.version, person);
      if (page.settings !== null) keep(known, 'settings', page.settings.version, page.settings);
      for (const record of page.stock) keep(known, `stock ${record.sku}`, Infinity, record);
      cursor = page.to;
    },
    view() {
      const there = [...known].filter(([, { record }]) => !isDeleted(record));
      return Object.fromEntries(
        there
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, { record }]): [string, unknown] => [key, record]),
      );
    },
    copy: () => mirror(new Map(known), cursor),
  };
}

function isDeleted(record: unknown): boolean {
  return typeof record === 'object' && record !== null && 'deleted' in record;
}

function refuseUnknownCode(known: Known, category: string): void {
  const code = known.get(`code ${category.toUpperCase()}`);
  if (code === undefined) throw new Error(`an item of ${category} came before its merchandise code`);
}
