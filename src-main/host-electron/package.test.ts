/**
 * What the installers would hold. The archive and the files beside it are the real ones; only Electron's binary is
 * a placeholder. The packaged terminal is run from there, far away from the project's node_modules.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiClient } from '../api/client.ts';
import { builtFiles, nativePackages } from './built-files.ts';
import { outsideArchive } from './outside-archive.ts';
import { keepTerminal } from './terminal-keeper.ts';
import { type ArchivedFile, readAsar } from './testing/asar-archive.ts';
import { CASHIER_PIN, setUpDemoTill } from './testing/demo-till.ts';
import { startNodeTerminal } from './testing/node-terminal.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);
const isDarwin = process.platform === 'darwin';

// electron-builder cannot put a macOS application together without the binary's bundle.
describe.skipIf(isDarwin)(`the package${isDarwin ? ' (not run: no placeholder on macOS)' : ''}`, () => {
  let out: string;
  let archive: string;
  let files: readonly ArchivedFile[];
  const names = () => files.map(({ name }) => name);
  const contentOf = ({ name, content }: ArchivedFile): Buffer =>
    content ?? readFileSync(path.join(`${archive}.unpacked`, name));

  beforeAll(async () => {
    out = mkdtempSync(path.join(tmpdir(), 'holdfast-package-'));
    const node = (...args: string[]) => run(process.execPath, args, { cwd: ROOT });
    if (!existsSync(path.join(ROOT, 'dist/renderer/index.html'))) {
      await node('node_modules/vite/bin/vite.js', 'build', '--config', 'src-renderer/vite.config.ts');
    }
    await node('scripts/build-electron.mjs');
    await node('scripts/package-electron.mjs', '--placeholder', `--out=${out}`);
    const unpackedApp = `${process.platform === 'win32' ? 'win' : 'linux'}-unpacked`;
    archive = path.join(out, unpackedApp, 'resources/app.asar');
    files = readAsar(archive);
  }, 180_000);
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  test('holds the screens and every built entry', () => {
    expect(names()).toEqual(
      expect.arrayContaining([
        'package.json',
        'dist/renderer/index.html',
        ...Object.values(builtFiles).map((file) => `dist/electron/${file}`),
      ]),
    );
    const manifest = files.find(({ name }) => name === 'package.json');
    expect(manifest && JSON.parse(contentOf(manifest).toString())).toMatchObject({
      main: `dist/electron/${builtFiles.main}`,
      type: 'module',
    });
  });

  test('unpacks what the terminal process runs and all native code, and nothing else', () => {
    for (const { name, unpacked } of files) {
      expect([name, unpacked]).toEqual([name, /^(dist\/electron\/terminal\/|node_modules\/)/.test(name)]);
    }
    const prebuild = `node_modules/better-sqlite3/prebuilds/${process.platform}-${process.arch}.node`;
    expect(names()).toContain(prebuild);
    expect(existsSync(path.join(`${archive}.unpacked`, prebuild))).toBe(true);
  });

  test('holds no sources, no tests, no maps, and nothing of the demo shop', () => {
    const strangers = names().filter(
      (name) =>
        !/^(dist\/(electron|renderer)\/|node_modules\/|package\.json$)/.test(name) ||
        /\.(tsx?|mts|cts|map|csv|db|log)$|(^|\/)(tests?|__tests__)\/|\.test\./.test(name),
    );
    expect(strangers).toEqual([]);
    const secrets = readFileSync(path.join(ROOT, 'box/demo/staff.csv'), 'utf8')
      .split('\n')
      .slice(1)
      .flatMap((line) => line.split(',').slice(0, 2))
      .filter((text) => text !== '');
    expect(secrets.length).toBeGreaterThan(2);
    for (const file of files) {
      const text = contentOf(file).toString('latin1');
      expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
      expect(text).not.toContain(ROOT);
    }
  });

  test('has bundles that ask for nothing but Electron, Node and the native packages', () => {
    const bundles = files.filter(({ name }) => name.startsWith('dist/electron/'));
    const asked = bundles.flatMap((file) =>
      [
        ...contentOf(file)
          .toString()
          .matchAll(/^(?:import|export) (?:[^'"\n]* from )?["']([^"'./][^"']*)["']/gm),
      ].map(([, specifier = '']) => specifier),
    );
    expect(asked).toContain('better-sqlite3');
    const allowed = new Set<string>(['electron', ...nativePackages]);
    expect(asked.filter((specifier) => !isBuiltin(specifier) && !allowed.has(specifier))).toEqual([]);
  });

  test.each(nativePackages)('can load %s from where it lies', async (name) => {
    const loaded = await run(process.execPath, ['--print', `typeof require(${JSON.stringify(name)})`], {
      cwd: `${archive}.unpacked`,
    });
    expect(loaded.stdout.trim()).toMatch(/^(function|object)$/);
  });

  test('sells from the packaged files alone', async () => {
    const folder = path.join(out, 'till');
    await setUpDemoTill(folder);
    const ready = Promise.withResolvers<void>();
    const keeper = keepTerminal({
      start: () =>
        startNodeTerminal(outsideArchive(path.join(archive, 'dist/electron', builtFiles.terminal))),
      open: { folder, moved: {}, logFile: null },
      onPush: () => undefined,
      onReady: () => ready.resolve(),
      onDeath: () => undefined,
      onGivenUp: ({ message }) => ready.reject(new Error(message)),
    });
    const api = createApiClient({
      call: (name, request) => keeper.call(name, request),
      onPush: () => () => undefined,
    });
    await ready.promise;
    await api.call('session.signIn', { pin: CASHIER_PIN });
    await api.call('sale.addItem', { sku: 'WINE-CAB-001', quantity: 2 });
    const { orderId } = await api.call('sale.get', {});
    await api.call('sale.confirmAge', { orderId, birthDate: '1980-05-05' });
    const { total } = await api.call('sale.beginPayment', {});
    expect(await api.call('sale.tenderCash', { orderId, total, tendered: 5000 })).toMatchObject({
      total: 4278,
      change: 722,
    });
    await keeper.close();
  });
});
