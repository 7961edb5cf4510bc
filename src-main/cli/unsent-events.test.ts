import { existsSync, readFileSync, statSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GENESIS_HASH } from '#domain/events/event-record.ts';
import { findChainBreak } from '#sync/protocol/hash-chain.ts';
import { framedEventSchema } from '#sync/protocol/messages.ts';
import { setRecovering } from '../store/recovery.ts';
import { databaseFile, openStore } from '../store/open-store.ts';
import { keepStatusFile } from '../terminal/status-file.ts';
import { growHistory } from '../test-support/grow-history.ts';
import { type TestTill, openTestTill, removeTillTemplate } from '../test-support/test-till.ts';
import { writeUnsent } from './unsent-events.ts';

const AT = '2026-11-24T12:00:00.000Z';
const EVENTS = 2_500;

let till: TestTill;
let out: string;
let said: { readonly log: string[]; readonly error: string[] };
beforeEach(async () => {
  till = await openTestTill({
    settings: { server: { url: 'http://127.0.0.1:9', token: 'secret', epoch: 3 } },
  });
  await till.terminal.close();
  out = till.temporary.join('unsent.ndjson');
  said = { log: [], error: [] };
  vi.spyOn(console, 'log').mockImplementation((text: string) => void said.log.push(text));
  vi.spyOn(console, 'error').mockImplementation((text: string) => void said.error.push(text));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  till.temporary.remove();
});
afterAll(removeTillTemplate);

/** So many more events, of which the server has acknowledged some. @returns where the till's history ends */
function grow(events: number, ackedThrough: number): { seq: number; hash: string } {
  const store = openStore(till.folder);
  growHistory(store, events, AT);
  store.writer.connection.prepare('UPDATE sync_cursor SET acked_through = ?').run(ackedThrough);
  const head = store.writer
    .prepareRead<[], { seq: number; hash: string }>(
      'SELECT seq, hash FROM event_log ORDER BY seq DESC LIMIT 1',
    )
    .get();
  store.close();
  if (!head) throw new Error('no events');
  return head;
}
const hashOf = (seq: number): string => {
  const store = openStore(till.folder);
  const hash = store.writer.prepareRead<[number], string>('SELECT hash FROM event_log WHERE seq = ?').pluck();
  const found = hash.get(seq) ?? '';
  store.close();
  return found;
};
function read() {
  const [first, ...rest] = readFileSync(out, 'utf8').trimEnd().split('\n');
  const heading: unknown = JSON.parse(first ?? '');
  return { heading, events: rest.map((line) => framedEventSchema.parse(JSON.parse(line))) };
}

test('writes what the server has not acknowledged, as the protocol has it, whole and provable', async () => {
  const head = grow(EVENTS, 700);
  const after = { seq: 700, hash: hashOf(700) };
  const before = readFileSync(databaseFile(till.folder));
  await writeUnsent({ data: till.folder, out });
  expect(said).toEqual({ log: [expect.stringContaining(`${head.seq - 700} events of T1`)], error: [] });
  const { heading, events } = read();
  expect(heading).toMatchObject({
    holdfast: 'unsent-events',
    terminalId: 'T1',
    locationId: 'STORE-001',
    epoch: 3,
    after,
    head,
    events: head.seq - 700,
    unnumbered: 0,
  });
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: head.seq - 700 }, (_, at) => 701 + at));
  expect(findChainBreak(after, events)).toBeUndefined();
  expect(events.at(-1)?.hash).toBe(head.hash);
  expect(readFileSync(out, 'utf8')).not.toContain('secret');
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(readFileSync(databaseFile(till.folder)).equals(before)).toBe(true);
});

test('says why, in the till’s own last word, and works while the till runs', async () => {
  const head = grow(4, 0);
  await till.reopen();
  const status = await till.client.call('status.get', {});
  const whileItRuns = till.temporary.join('while-it-runs.ndjson');
  await writeUnsent({ data: till.folder, out: whileItRuns });
  expect(readFileSync(whileItRuns, 'utf8').trimEnd().split('\n')).toHaveLength(1 + head.seq);
  // Closed first: its own status would come over this one.
  await till.terminal.close();
  const file = keepStatusFile({
    folder: till.folder,
    status: () => ({
      ...status,
      sync: { ...status.sync, state: 'refused', refusal: 'forked', problem: 'Another till is T1.' },
    }),
    now: () => new Date(AT),
    setTimer: () => () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  file.stop();
  await writeUnsent({ data: till.folder, out });
  expect(read().heading).toMatchObject({
    why: { at: AT, state: 'refused', refusal: 'forked', problem: 'Another till is T1.' },
    after: { seq: 0, hash: GENESIS_HASH },
    events: head.seq,
  });
});

test('has those too that wait for their number, and says how many', async () => {
  const head = grow(10, 6);
  const store = openStore(till.folder);
  setRecovering(store.writer, AT);
  growHistory(store, 4, AT);
  store.close();
  await writeUnsent({ data: till.folder, out });
  const { heading, events } = read();
  expect(heading).toMatchObject({ head, events: head.seq - 6 + 4, unnumbered: 4 });
  expect(events).toHaveLength(head.seq - 6 + 4);
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
});

test('writes over no file, and leaves none when there is no till or part of its history is gone', async () => {
  const head = grow(10, 0);
  await writeUnsent({ data: till.folder, out });
  const first = readFileSync(out);
  await writeUnsent({ data: till.folder, out });
  expect(said.error.pop()).toContain('(file_exists)');
  expect(process.exitCode).toBe(1);
  expect(readFileSync(out).equals(first)).toBe(true);

  const other = till.temporary.join('other.ndjson');
  await writeUnsent({ data: till.temporary.join('nowhere'), out: other });
  expect(said.error.pop()).toContain('(store_missing)');
  const store = openStore(till.folder);
  store.writer.connection.prepare('DELETE FROM event_log WHERE seq = ?').run(head.seq - 3);
  store.close();
  await writeUnsent({ data: till.folder, out: other });
  expect(said.error.pop()).toContain('(store_corrupt)');
  expect([existsSync(other), existsSync(`${other}.part`)]).toEqual([false, false]);
});
