import { existsSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GENESIS_HASH, eventRecordSchema } from '#domain/events/event-record.ts';
import type { Outbox } from '#sync/outbox.ts';
import { chainEvent, findChainBreak } from '#sync/protocol/hash-chain.ts';
import { archiveFolder } from '../store/archive-file.ts';
import { type Store, openStore } from '../store/open-store.ts';
import { sqliteOutbox } from '../sync/sqlite-outbox.ts';
import { growHistory } from '../test-support/grow-history.ts';
import { removeTillTemplate, testTillFolder } from '../test-support/test-till.ts';
import type { TemporaryFolder } from '../test-support/temporary-folder.ts';
import { type ArchiveStep, archiveSteps, prepareKeepEventsDays } from './archive-events.ts';

// Real processes and files on a machine that others use too: slow is not wrong.
vi.setConfig({ testTimeout: 30_000 });

const AUGUST = '2026-08-01T12:00:00.000Z';
const YESTERDAY = '2026-11-23T12:00:00.000Z';
const NOW = new Date('2026-11-24T12:00:00.000Z');
const AT = NOW.toISOString();
const wide = { maxEvents: 100_000, maxBytes: 1_000_000_000 };

let temporary: TemporaryFolder;
let store: Store;
let outbox: Outbox;
/** Events that set-up has left, of the 23rd of November. */
let opening: number;
beforeEach(async () => {
  const made = await testTillFolder();
  temporary = made.temporary;
  store = openStore(made.folder);
  outbox = sqliteOutbox(store.writer);
  opening = outbox.head().seq;
});
afterEach(() => {
  store.close();
  temporary.remove();
});
afterAll(removeTillTemplate);

const folder = () => archiveFolder(store.folder);
const files = () => (existsSync(folder()) ? readdirSync(folder()).sort() : []);

function steps(eventsPerFile = 1_000, now = NOW): Generator<ArchiveStep, void> {
  return archiveSteps(store.writer, {
    folder: folder(),
    keepDays: prepareKeepEventsDays(store.writer)(),
    now,
    eventsPerFile,
  });
}
const archive = (eventsPerFile?: number, now?: Date): ArchiveStep[] => [...steps(eventsPerFile, now)];

const seqsIn = (table: 'event_log' | 'stock_movements') =>
  store.writer.connection.prepare<[], number>(`SELECT seq FROM ${table} ORDER BY seq`).pluck().all();
const count = (table: 'event_log' | 'event_archives') =>
  Number(store.writer.connection.prepare(`SELECT count(*) FROM ${table}`).pluck().get());

/** The whole history as the engine would send it, whose chain is proven, and each hash by itself. */
function wholeHistory(): readonly string[] {
  const events = outbox.read(1, wide);
  expect(findChainBreak({ seq: 0, hash: GENESIS_HASH }, events)).toBeUndefined();
  expect(events.at(-1)?.hash).toBe(outbox.head().hash);
  const hashes = events.map(({ hash }) => hash);
  expect(hashes.map((_, index) => outbox.hashAt(index + 1))).toEqual(hashes);
  return hashes;
}

describe('the archive', () => {
  test('takes what is acknowledged and old, keeps the rest, and the history reads as before', () => {
    growHistory(store, 2_500, AUGUST);
    growHistory(store, 100, YESTERDAY);
    const head = outbox.head();
    outbox.setAckedThrough(head.seq, AT);
    const before = wholeHistory();
    archive();
    expect(seqsIn('event_log')[0]).toBe(opening + 2_501);
    expect(files()).toEqual(
      [1, 1_001, 2_001].map((seq) => `events-${String(seq).padStart(12, '0')}.ndjson.gz`),
    );
    expect(outbox.head()).toEqual(head);
    expect(wholeHistory()).toEqual(before);
    // What the server has in its figure needs no movement here; what stays in the log keeps its own.
    expect(seqsIn('stock_movements')[0]).toBe(opening + 2_501);
    expect(archive()).toEqual([]);
  });

  test('is plain text that any tool can read', () => {
    growHistory(store, 10, AUGUST);
    outbox.setAckedThrough(outbox.head().seq, AT);
    archive();
    const [name = ''] = files();
    const lines = gunzipSync(readFileSync(path.join(folder(), name)))
      .toString()
      .trim()
      .split('\n');
    expect(lines).toHaveLength(opening + 9);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ seq: 1, prevHash: GENESIS_HASH, terminalId: 'T1' });
  });

  test('leaves what the server has not acknowledged, however old, and the last event', () => {
    growHistory(store, 100, AUGUST);
    outbox.setAckedThrough(opening + 40, AT);
    archive();
    expect(seqsIn('event_log')[0]).toBe(opening + 41);
    outbox.setAckedThrough(opening + 100, AT);
    archive();
    expect(seqsIn('event_log')).toEqual([opening + 100]);
    const head = outbox.head();
    growHistory(store, 2, YESTERDAY);
    expect(outbox.read(head.seq + 1, wide)[0]?.prevHash).toBe(head.hash);
    wholeHistory();
  });

  test('goes by the setting, and by days: a second start on the same day makes no second file', () => {
    growHistory(store, 100, '2026-11-20T23:00:00.000Z');
    growHistory(store, 100, '2026-11-21T11:00:00.000Z');
    growHistory(store, 2, YESTERDAY);
    outbox.setAckedThrough(outbox.head().seq, AT);
    expect(archive()).toEqual([]);
    store.writer.connection
      .prepare("INSERT INTO settings (key, value) VALUES ('keep_events_days', '3')")
      .run();
    archive();
    expect(seqsIn('event_log')[0]).toBe(opening + 101);
    expect(archive(1_000, new Date('2026-11-24T23:59:00.000Z'))).toEqual([]);
    archive(1_000, new Date('2026-11-25T00:00:00.000Z'));
    expect(seqsIn('event_log')[0]).toBe(opening + 201);
  });

  test('is not held up by an event of a clock that was a year ahead', () => {
    growHistory(store, 10, '2027-08-01T12:00:00.000Z');
    growHistory(store, 10, AUGUST);
    growHistory(store, 2, YESTERDAY);
    outbox.setAckedThrough(outbox.head().seq, AT);
    archive();
    expect(seqsIn('event_log')[0]).toBe(opening + 21);
  });

  test('that is cut off after any step loses nothing, doubles nothing, and is gone on with', () => {
    growHistory(store, 1_200, AUGUST);
    growHistory(store, 2, YESTERDAY);
    outbox.setAckedThrough(outbox.head().seq, AT);
    const before = wholeHistory();
    let cutOff = 0;
    // Each round does one step more than the one before, and dies.
    for (let most = 1; ; most += 1) {
      const run = steps(700);
      const done = Array.from({ length: most }, () => run.next().value).filter(Boolean);
      expect(wholeHistory()).toEqual(before);
      // The process is gone: what comes next opens the folder anew.
      const { folder: data } = store;
      store.close();
      store = openStore(data);
      outbox = sqliteOutbox(store.writer);
      expect(wholeHistory()).toEqual(before);
      if (done.length < most) break;
      cutOff += 1;
    }
    expect(cutOff).toBeGreaterThan(2);
    expect(count('event_log')).toBe(2);
    expect(count('event_archives')).toBe(2);
    expect(files()).toHaveLength(2);
  });

  test('removes nothing on the word of a file that is damaged or gone', () => {
    growHistory(store, 600, AUGUST);
    outbox.setAckedThrough(outbox.head().seq, AT);
    const run = steps();
    expect([run.next().value, run.next().value]).toEqual(['file written', 'file listed']);
    const [name = ''] = files();
    truncateSync(path.join(folder(), name), 100);
    const before = count('event_log');
    expect(() => archive()).toThrow(name);
    expect(count('event_log')).toBe(before);
    wholeHistory();
  });

  test('takes no part of a history that is broken in the database', () => {
    growHistory(store, 100, AUGUST);
    outbox.setAckedThrough(outbox.head().seq, AT);
    store.writer.connection.prepare('UPDATE event_log SET payload = ? WHERE seq = ?').run('{}', opening + 50);
    expect(() => archive()).toThrow(`event ${opening + 50}`);
    expect([files(), count('event_archives')]).toEqual([[], 0]);
  });
});

describe('a server that was restored from a backup older than the archive', () => {
  beforeEach(() => {
    growHistory(store, 1_000, AUGUST);
    growHistory(store, 10, YESTERDAY);
    outbox.setAckedThrough(outbox.head().seq, AT);
    archive(300);
  });

  test('gets the events back from the files, in batches across files and database', () => {
    outbox.setAckedThrough(50, AT);
    expect(outbox.ackedThrough()).toBe(50);
    expect(outbox.oldestWaitingAt()).toBe(AUGUST);
    const sent = [];
    for (let next = 51; ;) {
      const batch = outbox.read(next, { maxEvents: 70, maxBytes: 1_000_000 });
      const last = batch.at(-1);
      if (!last) break;
      sent.push(...batch);
      next = last.seq + 1;
    }
    expect(sent.map(({ seq }) => seq)).toEqual(
      Array.from({ length: opening + 960 }, (_, index) => 51 + index),
    );
    expect(findChainBreak({ seq: 50, hash: outbox.hashAt(50) ?? '' }, sent)).toBeUndefined();
    outbox.setAckedThrough(outbox.head().seq, AT);
    expect(outbox.ackedThrough()).toBe(outbox.head().seq);
    expect(outbox.oldestWaitingAt()).toBeNull();
  });

  test.each([
    ['cut off', (file: string) => truncateSync(file, 500)],
    ['changed in one byte', (file: string) => spoil(file)],
    ['not a gzip', (file: string) => writeFileSync(file, 'a shopping list')],
    // A chain that is whole, of the right numbers: the hash in the list alone tells it from the till's own.
    ['of another history', (file: string) => writeFileSync(file, otherHistory(file))],
  ])('and of a file that is %s, hears its name', (_name, damage) => {
    const [, second = ''] = files();
    damage(path.join(folder(), second));
    outbox.setAckedThrough(50, AT);
    expect(outbox.read(51, { maxEvents: 100, maxBytes: 1_000_000 })).toHaveLength(100);
    expect(() => outbox.read(320, wide)).toThrow(second);
    expect(() => outbox.hashAt(320)).toThrow(second);
    expect(outbox.oldestWaitingAt()).toBe(AUGUST);
    outbox.setAckedThrough(320, AT);
    // As far as it can be told: the events before it are in a file that nobody can read.
    expect(outbox.oldestWaitingAt()).toBe(YESTERDAY);
  });
});

function otherHistory(file: string): Buffer {
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  let prevHash = '11'.repeat(32);
  const events = lines.map((line) => {
    const { prevHash: _prev, hash: _hash, ...event } = eventRecordSchema.parse(JSON.parse(line));
    const chained = chainEvent(event, prevHash);
    prevHash = chained.hash;
    return `${JSON.stringify(chained)}\n`;
  });
  return gzipSync(events.join(''));
}

function spoil(file: string): void {
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(200) ^ 1, 200);
  writeFileSync(file, bytes);
}
