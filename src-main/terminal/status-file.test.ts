import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { type TestTill, openTestTill, removeTillTemplate } from '../test-support/test-till.ts';
import { type TemporaryFolder, temporaryFolder } from '../test-support/temporary-folder.ts';
import { keepStatusFile, readStatusFile } from './status-file.ts';

let folder: TemporaryFolder;
let till: TestTill;
beforeEach(async () => {
  folder = temporaryFolder();
  till = await openTestTill();
});
afterEach(async () => {
  await till.close();
  folder.remove();
});
afterAll(removeTillTemplate);

async function statusFileOf(changes: { waiting?: number } = {}) {
  const status = await till.client.call('status.get', {});
  let waiting = changes.waiting ?? 0;
  const timers: (() => void)[] = [];
  const errors: unknown[] = [];
  const file = keepStatusFile({
    folder: folder.path,
    status: () => ({ ...status, sync: { ...status.sync, up: { ...status.sync.up, waiting } } }),
    now: () => new Date('2026-11-24T12:00:00.000Z'),
    setTimer: (work) => {
      timers.push(work);
      return () => timers.splice(0);
    },
    onError: (error) => errors.push(error),
  });
  return {
    file,
    errors,
    timers,
    wait: (count: number) => {
      waiting = count;
      file.changed();
    },
    fire: () => timers.splice(0).forEach((work) => work()),
  };
}

test('is written once for all that changed meanwhile, and read back whole', async () => {
  const { wait, fire, timers } = await statusFileOf();
  wait(1);
  wait(2);
  expect(timers).toHaveLength(1);
  fire();
  expect(readStatusFile(folder.path)).toMatchObject({
    writtenAt: '2026-11-24T12:00:00.000Z',
    pid: process.pid,
    status: { terminalId: 'T1', sync: { state: 'off', up: { waiting: 2 } } },
  });
});

test('is left alone when nothing in it changed', async () => {
  const { wait, fire } = await statusFileOf();
  wait(1);
  fire();
  rmSync(folder.join('status.json'));
  wait(1);
  fire();
  expect(existsSync(folder.join('status.json'))).toBe(false);
});

test('says its last word when the till is closed', async () => {
  const { file, wait } = await statusFileOf();
  wait(7);
  file.stop();
  expect(readStatusFile(folder.path)?.status.sync.up.waiting).toBe(7);
});

test('is written no more once the till is closed', async () => {
  const { file, timers, wait } = await statusFileOf();
  file.stop();
  wait(8);
  expect(timers).toHaveLength(0);
});

test('that cannot be written disturbs nobody and is told once', async () => {
  const { errors, wait, fire } = await statusFileOf();
  // A folder in its place: no user may write that, not even root.
  mkdirSync(folder.join('status.json.new'));
  wait(1);
  fire();
  wait(2);
  fire();
  expect(errors).toHaveLength(1);
});

test.each(['', '{', '{"status":{}}'])('that is no status is none: %s', (text) => {
  writeFileSync(folder.join('status.json'), text);
  expect(readStatusFile(folder.path)).toBeUndefined();
  expect(readFileSync(folder.join('status.json'), 'utf8')).toBe(text);
});
