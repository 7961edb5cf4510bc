import { execFile } from 'node:child_process';
import type * as files from 'node:fs';
import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadAdminKey } from './admin-key.ts';

/** What reached the disk, in this order: `sync <path>`, `link <path>`. */
const done = vi.hoisted((): string[] => []);
vi.mock('node:fs', async (original) => {
  const real: typeof files = await original();
  const opened = new Map<number, string>();
  return {
    ...real,
    openSync: (...request: Parameters<typeof real.openSync>) => {
      const descriptor = real.openSync(...request);
      opened.set(descriptor, String(request[0]));
      return descriptor;
    },
    fsyncSync: (descriptor: number) => {
      real.fsyncSync(descriptor);
      done.push(`sync ${opened.get(descriptor) ?? '?'}`);
    },
    linkSync: (from: string, to: string) => {
      real.linkSync(from, to);
      done.push(`link ${to}`);
    },
  };
});

let parent: string;
let folder: string;
beforeEach(() => {
  parent = realpathSync(mkdtempSync(path.join(tmpdir(), 'holdfast-key-')));
  folder = path.join(parent, 'shop', 'server');
  done.length = 0;
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

it('makes a key once, for this user alone, and leaves nothing beside it', () => {
  const key = loadAdminKey(folder);
  expect(key.length).toBeGreaterThan(40);
  expect(loadAdminKey(folder)).toBe(key);
  expect(readdirSync(folder)).toEqual(['admin.key']);
  expect(statSync(path.join(folder, 'admin.key')).mode & 0o777).toBe(0o600);
});

it('has a new key and the folders that it made on the disk before anybody sees it', () => {
  loadAdminKey(folder);
  expect(done).toEqual([
    `sync ${path.join(parent, 'shop')}`,
    `sync ${parent}`,
    expect.stringMatching(/^sync .*admin\.key\..*\.part$/),
    `link ${path.join(folder, 'admin.key')}`,
    `sync ${folder}`,
  ]);
});

it('writes nothing when there is a key', () => {
  loadAdminKey(folder);
  done.length = 0;
  loadAdminKey(folder);
  expect(done).toEqual([]);
});

it('gives all that start at the same time one key', async () => {
  const module = path.join(import.meta.dirname, 'admin-key.ts');
  const script = `const { loadAdminKey } = await import(${JSON.stringify(module)}); console.log(loadAdminKey(${JSON.stringify(folder)}));`;
  const run = promisify(execFile);
  const starts = Array.from({ length: 4 }, () =>
    run(process.execPath, ['--input-type=module', '--eval', script]),
  );
  const keys = new Set((await Promise.all(starts)).map(({ stdout }) => stdout.trim()));
  expect([...keys]).toEqual([readFileSync(path.join(folder, 'admin.key'), 'utf8').trim()]);
  expect(readdirSync(folder)).toEqual(['admin.key']);
});

it('refuses an empty file instead of taking nothing for a key, and leaves it', () => {
  loadAdminKey(folder);
  const file = path.join(folder, 'admin.key');
  writeFileSync(file, '\n');
  expect(() => loadAdminKey(folder)).toThrow(expect.objectContaining({ code: 'data_not_writable' }));
  expect(readFileSync(file, 'utf8')).toBe('\n');
});
