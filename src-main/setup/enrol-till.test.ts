import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GENESIS_HASH } from '#domain/events/event-record.ts';
import { readIdentity } from '../care/identity-file.ts';
import { reasonOf } from '../cli/exit-with-reason.ts';
import { databaseFile, openStore } from '../store/open-store.ts';
import { readTerminalSettings } from '../store/settings-store.ts';
import { sqliteOutbox } from '../sync/sqlite-outbox.ts';
import { growHistory } from '../test-support/grow-history.ts';
import { type TemporaryFolder, temporaryFolder } from '../test-support/temporary-folder.ts';
import { NOON } from '../test-support/test-till.ts';
import { type EnrolledTill, enrolTill } from './enrol-till.ts';

const HEAD = { seq: 4_711, hash: 'ab'.repeat(32) };
const ANSWER = {
  terminal_id: 'T1',
  location_id: 'STORE-001',
  epoch: 2,
  token: 'the-new-token',
  head: HEAD,
  receipt_counter_from: 1_000_001,
  protocol: 2,
};

let temporary: TemporaryFolder;
let folder: string;
let server: Server;
let url: string;
let asked: unknown[];
/** What the server does with the next request. null: the connection breaks after it has enrolled. */
let answer: { readonly status: number; readonly body: unknown } | null;
beforeEach(async () => {
  temporary = temporaryFolder();
  folder = temporary.join('shop', 'till');
  asked = [];
  answer = { status: 200, body: ANSWER };
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ path: request.url, ...(JSON.parse(body) as object) });
      if (answer === null) request.socket.destroy();
      else response.writeHead(answer.status).end(JSON.stringify(answer.body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
  temporary.remove();
});

const enrol = (changes: Partial<Parameters<typeof enrolTill>[0]> = {}): Promise<EnrolledTill> =>
  enrolTill({ folder, serverUrl: url, code: 'ABCD-EFGH', printer: null, now: NOON, ...changes });
const codeOf = async (work: Promise<unknown>) => reasonOf(await work.catch((error: unknown) => error))?.code;

describe('enrolling a till', () => {
  test('makes one that continues where the server stands', async () => {
    expect(await enrol()).toEqual({ terminalId: 'T1', locationId: 'STORE-001', epoch: 2 });
    expect(asked).toMatchObject([{ path: '/api/enrol', code: 'ABCD-EFGH' }]);
    const store = openStore(folder);
    expect(readTerminalSettings(store.writer)).toMatchObject({
      terminalId: 'T1',
      server: { url, token: 'the-new-token', epoch: 2 },
    });
    const outbox = sqliteOutbox(store.writer);
    expect([outbox.head(), outbox.ackedThrough(), outbox.hashAt(HEAD.seq)]).toEqual([
      HEAD,
      HEAD.seq,
      HEAD.hash,
    ]);
    expect(outbox.read(HEAD.seq + 1, { maxEvents: 10, maxBytes: 10_000 })).toEqual([]);
    growHistory(store, 2, NOON.toISOString());
    const [first] = outbox.read(HEAD.seq + 1, { maxEvents: 10, maxBytes: 10_000 });
    expect(first).toMatchObject({ seq: HEAD.seq + 1, prevHash: HEAD.hash });
    expect(
      store.writer.connection.prepare("SELECT value FROM counters WHERE name = 'receipt'").pluck().get(),
    ).toBe(1_000_000);
    // A server that was restored to before this PC cannot be helped by it, and hears so.
    expect(() => outbox.read(HEAD.seq, { maxEvents: 10, maxBytes: 10_000 })).toThrow(
      'sent by the PC before this one',
    );
    store.close();
    expect(readIdentity(folder)).toMatchObject({
      settings: { server: { token: 'the-new-token' } },
      base: HEAD,
    });
    expect(statSync(`${folder}/identity.json`).mode & 0o777).toBe(0o600);
    // Nothing of the code is left.
    expect(readdirSync(temporary.join('shop'))).toEqual(['till']);
  });

  test('makes the first PC of a terminal from the genesis hash', async () => {
    answer = {
      status: 200,
      body: { ...ANSWER, epoch: 1, head: { seq: 0, hash: GENESIS_HASH }, receipt_counter_from: 1 },
    };
    await enrol();
    const store = openStore(folder);
    growHistory(store, 2, NOON.toISOString());
    const [first] = sqliteOutbox(store.writer).read(1, { maxEvents: 10, maxBytes: 10_000 });
    expect(first).toMatchObject({ seq: 1, prevHash: GENESIS_HASH });
    store.close();
  });

  test('whose answer was lost asks under the same id again, for the till alone', async () => {
    answer = null;
    expect(await codeOf(enrol())).toBe('server_unreachable');
    expect(existsSync(folder)).toBe(false);
    expect(statSync(`${folder}.enrolment.json`).mode & 0o777).toBe(0o600);
    answer = { status: 200, body: ANSWER };
    await enrol();
    const ids = asked.map((request) => (request as { request_id: string }).request_id);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('with another code asks under another id', async () => {
    answer = null;
    await codeOf(enrol());
    answer = { status: 200, body: ANSWER };
    await enrol({ code: 'IJKL-MNOP' });
    const [first, second] = asked.map((request) => (request as { request_id: string }).request_id);
    expect(second).not.toBe(first);
  });

  test.each([
    [{ status: 403, body: { code: 'code_used', message: 'This code was used.' } }, 'code_refused'],
    [{ status: 503, body: { code: 'unavailable', message: 'Not now.' } }, 'server_failed'],
    [
      { status: 404, body: { code: 'not_found', message: 'There is nothing at this address' } },
      'not_understood',
    ],
    [{ status: 200, body: { hello: 'world' } }, 'not_understood'],
    [{ status: 200, body: { ...ANSWER, terminal_id: '../T1' } }, 'not_understood'],
    [{ status: 502, body: 'a proxy' }, 'not_understood'],
  ])('that is answered with %j makes no till: %s', async (said, code) => {
    answer = said;
    expect(await codeOf(enrol())).toBe(code);
    expect(existsSync(folder)).toBe(false);
    answer = { status: 200, body: ANSWER };
    await enrol();
  });

  test('asks nobody where a till is already', async () => {
    await enrol();
    const before = readFileSync(databaseFile(folder));
    expect(await codeOf(enrol())).toBe('store_exists');
    expect(asked).toHaveLength(1);
    expect(readFileSync(databaseFile(folder)).equals(before)).toBe(true);
  });

  test('takes half a request of a power cut for none', async () => {
    answer = null;
    await codeOf(enrol());
    writeFileSync(`${folder}.enrolment.json`, '{"requestId":"');
    answer = { status: 200, body: ANSWER };
    await enrol();
  });
});
