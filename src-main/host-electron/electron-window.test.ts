/**
 * The real thing: Electron's own binary, a window, the built host. Skipped, and shown as skipped, where the binary
 * or a display is missing; nothing stands in for it. To run it: `npx install-electron --no`, `npm run build`,
 * `npm run build:electron`, and on a machine without a screen `xvfb-run npx vitest run src-main/host-electron`.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron as electron } from '@playwright/test';
import { expect, test } from 'vitest';
import { builtFiles } from './built-files.ts';
import { electronBinary } from './electron-binary.ts';
import { SCREEN_URL } from './screen-address.ts';
import { setUpDemoTill } from './testing/demo-till.ts';

const DIST = path.resolve(import.meta.dirname, '../../dist');
const MAIN = path.join(DIST, 'electron', builtFiles.main);
const binary = electronBinary();
const hasDisplay =
  process.platform !== 'linux' ||
  process.env['DISPLAY'] !== undefined ||
  process.env['WAYLAND_DISPLAY'] !== undefined;
const missing = [
  ...(binary === undefined ? ["Electron's binary"] : []),
  ...(hasDisplay ? [] : ['a display']),
  ...(existsSync(MAIN) && existsSync(path.join(DIST, 'renderer/index.html'))
    ? []
    : ['the built host and screens']),
];

test.skipIf(missing.length > 0)(
  `opens the till in Electron${missing.length > 0 ? ` (not run: this machine lacks ${missing.join(' and ')})` : ''}`,
  async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'holdfast-window-'));
    const folder = path.join(root, 'till');
    await setUpDemoTill(folder);
    const app = await electron.launch({
      ...(binary === undefined ? {} : { executablePath: binary }),
      args: [MAIN, `--data=${folder}`, '--announce'],
    });
    try {
      const screen = await app.firstWindow();
      expect(screen.url()).toBe(SCREEN_URL);
      const seen: unknown = await screen.evaluate(`(async () => ({
        bridge: Object.keys(window.holdfast ?? {}).sort(),
        node: ['require', 'process', 'module', 'Buffer'].filter((name) => name in window),
        status: await window.holdfast?.call('status.get', {}),
      }))()`);
      expect(seen).toMatchObject({ bridge: ['call', 'onPush'], node: [], status: { ok: true } });
    } finally {
      await app.close();
      rmSync(root, { recursive: true, force: true });
    }
  },
  120_000,
);
