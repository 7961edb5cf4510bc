/** The layer itself: what a killed process had synced stays, what it had not is gone. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '#main/test-support/temporary-folder.ts';
import { loseUnsynced } from './lose-unsynced.ts';
import { canCompileLayer, compileLayer, layerEnvironment } from './unsynced-layer.ts';

describe.skipIf(!canCompileLayer)('a disk that forgets', () => {
  let built: TemporaryFolder;
  let library: string;
  let temporary: TemporaryFolder;
  let watched: string;
  beforeAll(() => {
    built = temporaryFolder();
    library = compileLayer(built.path);
  });
  afterAll(() => built.remove());
  beforeEach(() => {
    temporary = temporaryFolder();
    watched = temporary.join('disk');
    mkdirSync(watched);
  });
  afterEach(() => temporary.remove());

  /** Runs this in a process under the layer, which then kills itself. */
  function run(script: string, deaf = false): NodeJS.Signals | null {
    const prelude = `
      const fs = require('node:fs');
      const open = (name, flags) => fs.openSync(name, flags);
      const syncFolder = (name = '.') => fs.fsyncSync(open(name, 'r'));
      const append = (name, text) => { const file = open(name, 'a'); fs.writeSync(file, text); return file; };`;
    const { signal } = spawnSync(
      process.execPath,
      ['-e', `${prelude}${script}; process.kill(process.pid, 'SIGKILL');`],
      {
        cwd: watched,
        stdio: 'ignore',
        env: {
          ...process.env,
          ...layerEnvironment({ library, watched, journal: temporary.join('journal'), deaf }),
        },
      },
    );
    return signal;
  }

  function afterPowerCut(): Record<string, string> {
    loseUnsynced(watched, temporary.join('journal'));
    expect(readdirSync(temporary.path)).toEqual(['disk']);
    const names = readdirSync(watched, { recursive: true, encoding: 'utf8' }).sort();
    return Object.fromEntries(names.map((name) => [name, contentOf(path.join(watched, name))]));
  }

  test('keeps what is not changed, and each change until the power goes', () => {
    writeFileSync(path.join(watched, 'book'), 'one');
    expect(run(`append('book', ' two')`)).toBe('SIGKILL');
    expect(readFileSync(path.join(watched, 'book'), 'utf8')).toBe('one two');
    expect(afterPowerCut()).toEqual({ book: 'one' });
  });

  test.each([
    ['appended', `append('book', ' more')`, 'one'],
    ['appended and synced', `fs.fsyncSync(append('book', ' more'))`, 'one more'],
    ['appended and synced as data', `fs.fdatasyncSync(append('book', ' more'))`, 'one more'],
    ['synced by another descriptor', `append('book', ' more'); fs.fsyncSync(open('book', 'r'))`, 'one more'],
    [
      'synced, and appended again',
      `const f = append('book', ' more'); fs.fsyncSync(f); fs.writeSync(f, '!')`,
      'one more',
    ],
    ['overwritten', `fs.writeSync(open('book', 'r+'), 'XYZ', 0)`, 'one'],
    [
      'overwritten twice',
      `const f = open('book', 'r+'); fs.writeSync(f, 'XYZ', 0); fs.writeSync(f, '123456', 0)`,
      'one',
    ],
    [
      'written in parts',
      `fs.writevSync(open('book', 'r+'), [Buffer.from('a'), Buffer.from('bcdef')], 0)`,
      'one',
    ],
    ['cut', `fs.ftruncateSync(open('book', 'r+'), 1)`, 'one'],
    ['cut and synced', `const f = open('book', 'r+'); fs.ftruncateSync(f, 1); fs.fsyncSync(f)`, 'o'],
    ['emptied by opening', `fs.writeFileSync('book', 'two')`, 'one'],
    [
      'cut and written anew',
      `const f = open('book', 'r+'); fs.ftruncateSync(f, 0); fs.writeSync(f, 'abcdefgh', 5000)`,
      'one',
    ],
    ['removed', `fs.unlinkSync('book')`, 'one'],
    ['removed recursively', `fs.rmSync('../disk/book')`, 'one'],
    ['renamed', `fs.renameSync('book', 'diary')`, 'one'],
    ['replaced', `fs.fsyncSync(append('new', 'two')); syncFolder(); fs.renameSync('new', 'book')`, 'one'],
    [
      'replaced and kept',
      `fs.fsyncSync(append('new', 'two')); fs.renameSync('new', 'book'); syncFolder()`,
      'two',
    ],
  ])('a file %s', (_name, script, left) => {
    writeFileSync(path.join(watched, 'book'), 'one');
    expect(run(script)).toBe('SIGKILL');
    expect(afterPowerCut()['book']).toBe(left);
  });

  test.each([
    ['a new file, synced without its folder', `fs.fsyncSync(append('new', 'x'))`, {}],
    ['a new file, its folder synced without it', `append('new', 'x'); syncFolder()`, { new: '' }],
    ['a new file, both synced', `fs.fsyncSync(append('new', 'x')); syncFolder()`, { new: 'x' }],
    [
      'a removed file, its folder synced',
      `fs.fsyncSync(append('new', 'x')); syncFolder(); fs.rmSync('new'); syncFolder()`,
      {},
    ],
    ['a new folder', `fs.mkdirSync('in'); append('in/new', 'x')`, {}],
    [
      'a new folder, synced',
      `fs.mkdirSync('in'); fs.fsyncSync(append('in/new', 'x')); syncFolder('in'); syncFolder()`,
      { in: '(folder)', 'in/new': 'x' },
    ],
  ])('%s', (_name, script, left) => {
    expect(run(script)).toBe('SIGKILL');
    expect(afterPowerCut()).toEqual(left);
  });

  test('a disk that lies about its syncs keeps nothing', () => {
    writeFileSync(path.join(watched, 'book'), 'one');
    expect(run(`fs.fsyncSync(append('book', ' more'))`, true)).toBe('SIGKILL');
    expect(afterPowerCut()).toEqual({ book: 'one' });
  });

  test('what it cannot follow ends the process, and is no quiet hole', () => {
    writeFileSync(path.join(watched, 'book'), 'one');
    expect(run(`fs.linkSync('book', 'second')`)).toBe('SIGABRT');
    expect(run(`fs.copyFileSync('book', 'second')`)).toBe('SIGABRT');
  });

  test('leaves alone what lies outside', () => {
    expect(run(`fs.writeFileSync('../outside', 'x')`)).toBe('SIGKILL');
    loseUnsynced(watched, temporary.join('journal'));
    expect(existsSync(temporary.join('outside'))).toBe(true);
  });
});

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '(folder)';
  }
}
