/** The command line as IT meets it: exit codes, and a sentence instead of a stack. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { keepIdentity, readIdentity } from '../care/identity-file.ts';
import { databaseFile, openStore } from '../store/open-store.ts';
import { readTerminalSettings, writeTerminalSettings } from '../store/settings-store.ts';
import { csv, row } from '../test-support/catalogue-file.ts';
import { removeTillTemplate, testTillFolder } from '../test-support/test-till.ts';
import type { TemporaryFolder } from '../test-support/temporary-folder.ts';

// Real processes and files on a machine that others use too: slow is not wrong.
vi.setConfig({ testTimeout: 30_000 });

const CLI = path.join(import.meta.dirname, 'terminal.ts');

let temporary: TemporaryFolder;
let folder: string;
beforeEach(async () => {
  ({ folder, temporary } = await testTillFolder());
});
afterEach(() => temporary.remove());
afterAll(removeTillTemplate);

const run = (...args: readonly string[]) => runWith('', ...args);

/** @param given on stdin */
async function runWith(
  given: string,
  ...args: readonly string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = execFile(process.execPath, [CLI, ...args]);
  child.stdin?.end(given);
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.on('data', (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, stdout, stderr };
}

function file(text: string): string {
  writeFileSync(temporary.join('items.csv'), text);
  return temporary.join('items.csv');
}

describe('import-catalog', () => {
  test('takes a good file', async () => {
    const done = await run('import-catalog', file(csv(row(1), row(2))), '--data', folder);
    expect(done).toMatchObject({ code: 0, stdout: '2 items added, 0 changed, 0 rows left out.\n' });
  });

  test('names bad rows and takes nothing, or all the others', async () => {
    const name = file(csv(row(1), row(2, { price: '12,5' }).replace('12,5', '"12,5"')));
    const refused = await run('import-catalog', name, '--data', folder);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('line 3: price: “12,5” is not an amount like 12.50');
    expect(refused.stderr).toContain('nothing was imported. (bad_rows)');
    const skipped = await run('import-catalog', name, '--data', folder, '--skip-bad-rows');
    expect(skipped).toMatchObject({ code: 0, stdout: '1 items added, 0 changed, 1 rows left out.\n' });
    expect(skipped.stderr).toContain('line 3: ');
  });

  test('says what is wrong with the till or the files, without a stack', async () => {
    const name = file(csv(row(1)));
    const missing = await run('import-catalog', name, '--data', temporary.join('no-till'));
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('(store_missing)')]);
    const codes = await run(
      'import-catalog',
      name,
      '--data',
      folder,
      '--merchandise-codes',
      temporary.join('none'),
    );
    expect([codes.code, codes.stderr]).toEqual([1, expect.stringContaining('(file_unreadable)')]);
    expect(missing.stderr + codes.stderr).not.toContain('    at ');
    const store = openStore(folder);
    const busy = await run('import-catalog', name, '--data', folder);
    store.close();
    expect([busy.code, busy.stderr]).toEqual([1, expect.stringContaining('(store_locked)')]);
  });
});

describe('backup and restore', () => {
  test('copy a till that runs, and put it back when its database is damaged', async () => {
    const store = openStore(folder);
    const made = await run('backup', '--data', folder);
    store.close();
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/till-\d{12}-\S+\.db\.gz\n$/);
    const healthy = await run('restore', '--data', folder);
    expect([healthy.code, healthy.stderr]).toEqual([1, expect.stringContaining('(not_damaged)')]);

    truncateSync(databaseFile(folder), 20_000);
    const wrong = await run('restore', '--data', folder, '--from', file('no backup'));
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('(no_good_backup)')]);
    const restored = await run('restore', '--data', folder);
    expect([restored.code, restored.stdout]).toEqual([
      0,
      expect.stringContaining('put back from the backup till-'),
    ]);
    openStore(folder).close();
  });

  test('say what is missing', async () => {
    const missing = await run('backup', '--data', temporary.join('no-till'));
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('(store_missing)')]);
    truncateSync(databaseFile(folder), 20_000);
    const none = await run('restore', '--data', folder);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('(no_good_backup)')]);
  });
});

describe('enrol', () => {
  test('asks for what it needs, and says that nobody answers', async () => {
    const data = temporary.join('new-till');
    const enrol = (...args: readonly string[]) => run('enrol', '--data', data, '--code', 'ABCD', ...args);
    const silent = await enrol('--server', 'http://127.0.0.1:9');
    expect([silent.code, silent.stderr]).toEqual([1, expect.stringContaining('(server_unreachable)')]);
    expect((await enrol()).code).toBe(1);
    expect((await enrol('--server', 'ftp://somewhere')).code).toBe(1);
    expect((await enrol('--server', 'http://127.0.0.1:9', '--printer-model', 'typewriter')).code).toBe(1);
  });
});

describe('token', () => {
  const OLD = 'the-token-that-was-before';
  const NEW = 'Ab-'.padEnd(43, '_9');
  const server = { url: 'http://127.0.0.1:7400/', token: OLD, epoch: 1 };
  const answer = (change: object = {}) =>
    `${JSON.stringify({ terminal_id: 'T1', location_id: 'STORE-001', epoch: 2, token: NEW, ...change })}\n`;
  /** As the till has it at its next start, and as it would have it without its database. */
  const kept = (): unknown => {
    const store = openStore(folder);
    const inDatabase = readTerminalSettings(store.writer)?.server;
    store.close();
    return { inDatabase, beside: readIdentity(folder)?.settings.server };
  };
  beforeEach(() => {
    const store = openStore(folder);
    const settings = readTerminalSettings(store.writer);
    if (!settings) throw new Error('no settings');
    writeTerminalSettings(store.writer, { ...settings, server });
    keepIdentity(store.writer, folder);
    store.close();
  });

  test('takes the server’s whole answer, or the token by itself, and tells no secret', async () => {
    const alone = await runWith(` ${NEW}\n`, 'token', '--data', folder);
    expect(alone).toMatchObject({ code: 0, stderr: '' });
    expect(kept()).toEqual({ inDatabase: { ...server, token: NEW }, beside: { ...server, token: NEW } });
    const whole = await runWith(answer({ token: `${NEW}2` }), 'token', '--data', folder);
    expect(whole).toMatchObject({ code: 0, stderr: '' });
    const now = { ...server, token: `${NEW}2`, epoch: 2 };
    expect(kept()).toEqual({ inDatabase: now, beside: now });
    expect(alone.stdout + whole.stdout).not.toContain(NEW);
  });

  test.each([
    ['nothing', '', 'no_token'],
    ['a refusal', '{"code":"location_differs","message":"T1 belongs to another location"}', 'no_token'],
    ['an answer without its end', answer().slice(0, -4), 'no_token'],
    ['two words', `${NEW} ${NEW}`, 'no_token'],
    ['that of another terminal', answer({ terminal_id: 'T2' }), 'other_terminal'],
    ['that of another shop', answer({ location_id: 'STORE-002' }), 'other_terminal'],
  ])('refuses %s, and changes nothing', async (_what, given, code) => {
    const refused = await runWith(given, 'token', '--data', folder);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(`(${code})`)]);
    expect(refused.stderr).not.toContain(NEW);
    expect(kept()).toEqual({ inDatabase: server, beside: server });
  });

  test('says that the till runs, or has no server', async () => {
    const store = openStore(folder);
    const busy = await runWith(NEW, 'token', '--data', folder);
    expect([busy.code, busy.stderr]).toEqual([1, expect.stringContaining('(store_locked)')]);
    const settings = readTerminalSettings(store.writer);
    if (settings) writeTerminalSettings(store.writer, { ...settings, server: null });
    store.close();
    const alone = await runWith(NEW, 'token', '--data', folder);
    expect([alone.code, alone.stderr]).toEqual([1, expect.stringContaining('(no_server)')]);
  });
});

describe('serve', () => {
  const last = (text: string): unknown => JSON.parse(text.trim().split('\n').at(-1) ?? '');

  test('says that its port is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as AddressInfo;
    const served = await run('serve', '--data', folder, '--port', String(port));
    squatter.close();
    expect([served.code, last(served.stdout)]).toMatchObject([1, { ready: false, code: 'port_taken' }]);
  });

  test('says that its database is damaged, and leaves it as it is', async () => {
    truncateSync(databaseFile(folder), 20_000);
    const before = readFileSync(databaseFile(folder));
    const served = await run('serve', '--data', folder, '--port', '0');
    expect([served.code, last(served.stdout)]).toMatchObject([1, { ready: false, code: 'store_corrupt' }]);
    expect(readFileSync(databaseFile(folder)).equals(before)).toBe(true);
  });
});
