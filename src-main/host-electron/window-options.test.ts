import { expect, test } from 'vitest';
import { windowOptions } from './window-options.ts';

test('a page has no Node, no shared world and no way around the sandbox, kiosk or not', () => {
  for (const kiosk of [true, false]) {
    const options = windowOptions({ kiosk, preload: '/preload.cjs', devTools: false });
    expect(options.kiosk).toBe(kiosk);
    expect(options.webPreferences).toMatchObject({
      preload: '/preload.cjs',
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      devTools: false,
    });
    expect(options.webPreferences).not.toHaveProperty('allowRunningInsecureContent');
    expect(options.webPreferences).not.toHaveProperty('experimentalFeatures');
  }
});
