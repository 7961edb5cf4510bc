/**
 * The built files as they are shipped: the terminal's process as a real process, the preload script in a bare
 * context, the main process over a stand-in for Electron. What only Electron itself can show is in electron-window.test.ts.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import vm from 'node:vm';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createApiClient } from '../api/client.ts';
import { builtFiles } from './built-files.ts';
import { launchElectron } from './launch.ts';
import { SCREEN_URL } from './screen-address.ts';
import { keepTerminal } from './terminal-keeper.ts';
import { buildHost } from './testing/built-host.ts';
import { CASHIER_PIN, setUpDemoTill } from './testing/demo-till.ts';
import { type MainProcess, fakeElectronModule, startMainProcess } from './testing/main-process.ts';
import { startNodeTerminal } from './testing/node-terminal.ts';

const WINE = '851009000108';
const page = { url: SCREEN_URL, parent: null };

let dist: string;
let root: string;
let till: string;
let count = 0;

const built = (name: keyof typeof builtFiles) => path.join(dist, 'electron', builtFiles[name]);

beforeAll(async () => {
  dist = await buildHost();
  root = mkdtempSync(path.join(tmpdir(), 'holdfast-electron-'));
  await setUpDemoTill(path.join(root, 'demo'));
}, 120_000);
afterAll(() => {
  rmSync(dist, { recursive: true, force: true });
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => {
  count += 1;
  till = path.join(root, `till-${count}`);
  cpSync(path.join(root, 'demo'), till, { recursive: true });
});

describe("the terminal's process", () => {
  function keepBuilt(folder: string) {
    let child: ReturnType<typeof startNodeTerminal>['child'] | undefined;
    let ready = Promise.withResolvers<void>();
    const pushes: { name: string; body: unknown }[] = [];
    const keeper = keepTerminal({
      start() {
        const started = startNodeTerminal(built('terminal'));
        child = started.child;
        return started;
      },
      open: { folder, moved: {}, logFile: path.join(root, 'logs', `terminal-${count}.log`) },
      onPush: (name, body) => pushes.push({ name, body }),
      onReady: () => ready.resolve(),
      onDeath: () => undefined,
      onGivenUp: (refusal) => ready.reject(new Error(refusal.code)),
      restartMs: 10,
    });
    const api = createApiClient({
      call: (name, request) => keeper.call(name, request),
      onPush: () => () => undefined,
    });
    return {
      keeper,
      api,
      pushes,
      ready: () => ready.promise,
      /** Stopped first, so that the call is in its hands and not answered when it is killed. */
      killWith: async (call: () => Promise<unknown>): Promise<unknown> => {
        child?.kill('SIGSTOP');
        const outcome = call().catch((error: unknown) => error);
        ready = Promise.withResolvers<void>();
        child?.kill('SIGKILL');
        const result = await outcome;
        await ready.promise;
        return result;
      },
    };
  }

  test('a killed terminal loses the call in hand, comes back signed out, and still has the sale', async () => {
    const { keeper, api, pushes, ready, killWith } = keepBuilt(till);
    await ready();
    await api.call('session.signIn', { pin: CASHIER_PIN });
    const before = await api.call('sale.scan', { code: WINE });
    pushes.length = 0;
    const outcome = await killWith(() => api.call('status.get', {}));
    expect(outcome).toMatchObject({ code: 'connection_lost' });
    await expect(api.call('sale.get', {})).rejects.toMatchObject({ code: 'not_signed_in' });
    expect(pushes).toContainEqual({
      name: 'status.changed',
      body: expect.objectContaining({ person: null }) as unknown,
    });
    await api.call('session.signIn', { pin: CASHIER_PIN });
    expect(await api.call('sale.get', {})).toMatchObject({
      orderId: before.orderId,
      lines: [{ sku: 'WINE-CAB-001', quantity: 1 }],
    });
    await keeper.close();
  });

  test('a till that was closed opens again at once: the folder is free', async () => {
    for (let start = 1; start <= 2; start += 1) {
      const { keeper, ready } = keepBuilt(till);
      await ready();
      await keeper.close();
    }
  });

  test('a missing till is refused by its code', async () => {
    await expect(keepBuilt(path.join(root, 'none')).ready()).rejects.toThrow('store_missing');
  });

  test('its sync thread calls the server', async () => {
    const called = Promise.withResolvers<string | undefined>();
    const server = createServer().on('upgrade', (request, socket) => {
      called.resolve(request.url);
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const folder = path.join(root, 'synced');
    await setUpDemoTill(
      folder,
      `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    );
    const { keeper, ready } = keepBuilt(folder);
    await ready();
    expect(await called.promise).toContain('transport=websocket');
    await keeper.close();
    server.close();
  });

  test('logs to the file it was told', async () => {
    const { keeper, api, ready } = keepBuilt(till);
    await ready();
    await api.call('session.signIn', { pin: CASHIER_PIN });
    await api.call('sale.scan', { code: WINE });
    const { orderId } = await api.call('sale.get', {});
    await api.call('sale.confirmAge', { orderId, birthDate: '1980-05-05' });
    const { total } = await api.call('sale.beginPayment', {});
    await api.call('sale.tenderCash', { orderId, total, tendered: total });
    await keeper.close();
    expect(readFileSync(path.join(root, 'logs', `terminal-${count}.log`), 'utf8')).toContain(orderId);
  });
});

describe('the preload script', () => {
  interface Bridge {
    call(name: string, request: unknown): Promise<unknown>;
    onPush(listener: (...args: unknown[]) => void): () => void;
  }

  function load() {
    const exposed: Record<string, Bridge> = {};
    const invoke = vi.fn<(...args: unknown[]) => Promise<unknown>>(() =>
      Promise.resolve({ ok: true, reply: 1 }),
    );
    const listeners = new Map<string, Set<(...args: unknown[]) => void>>();
    const electron = {
      contextBridge: {
        exposeInMainWorld: (name: string, value: Bridge) => {
          exposed[name] = value;
        },
      },
      ipcRenderer: {
        invoke,
        on: (channel: string, listener: (...args: unknown[]) => void) =>
          listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener)),
        off: (channel: string, listener: (...args: unknown[]) => void) =>
          listeners.get(channel)?.delete(listener),
      },
    };
    // A sandboxed preload script has `require` for Electron and little else, and neither `process.binding` nor files.
    const require = (name: string): unknown => {
      if (name === 'electron') return electron;
      throw new Error(`A sandboxed preload script cannot require ${name}`);
    };
    vm.runInNewContext(readFileSync(built('preload'), 'utf8'), {
      require,
      exports: {},
      module: { exports: {} },
    });
    return { exposed, invoke, listeners };
  }

  test('puts two functions on the window and nothing of Electron', () => {
    const { exposed } = load();
    expect(Object.keys(exposed)).toEqual(['holdfast']);
    expect(Object.keys(exposed['holdfast'] ?? {}).sort()).toEqual(['call', 'onPush']);
  });

  test('calls over the one channel, whatever the method', async () => {
    const { exposed, invoke } = load();
    expect(await exposed['holdfast']?.call('sale.scan', { code: WINE })).toEqual({
      ok: true,
      reply: 1,
    });
    expect(invoke.mock.calls).toEqual([['holdfast:call', 'sale.scan', { code: WINE }]]);
  });

  test('passes pushes on without the event that carries the sender, until told to stop', () => {
    const { exposed, listeners } = load();
    const listener = vi.fn<(...args: unknown[]) => void>();
    const stop = exposed['holdfast']?.onPush(listener);
    const push = () =>
      listeners.get('holdfast:push')?.forEach((on) => on({ sender: 'secret' }, 'sale.changed', 7));
    push();
    expect(listener.mock.calls).toEqual([['sale.changed', 7]]);
    stop?.();
    push();
    expect(listener).toHaveBeenCalledTimes(1);
  });
});

describe('the main process, over a stand-in for Electron', () => {
  const running = new Set<MainProcess>();
  afterAll(() => running.forEach((main) => main.kill()));

  function startMain(args: readonly string[], environment: Record<string, string> = {}): MainProcess {
    const main = startMainProcess(built('main'), args, environment);
    running.add(main);
    void main.exited.then(() => running.delete(main));
    return main;
  }
  const signedOut = (name: string, body: unknown) =>
    name === 'status.changed' &&
    typeof body === 'object' &&
    body !== null &&
    'person' in body &&
    body.person === null;

  test('sells for the page, refuses every other caller, and closes the terminal before it quits', async () => {
    const main = startMain([`--data=${till}`, '--announce']);
    await main.push(signedOut);
    const call = (name: string, request: unknown) => main.invoke(page, name, request);

    expect(await call('session.signIn', { pin: CASHIER_PIN })).toMatchObject({ ok: true });
    expect(await call('sale.scan', { code: WINE })).toMatchObject({ ok: true, reply: { subtotal: 1999 } });
    expect(await main.push((name) => name === 'sale.changed')).toMatchObject({ subtotal: 1999 });

    for (const frame of [
      null,
      { url: 'https://example.com/', parent: null },
      { url: SCREEN_URL, parent: {} },
    ]) {
      await expect(main.invoke(frame, 'sale.get', {})).rejects.toThrow('This page is not the till.');
    }

    main.emit('window-all-closed');
    expect(await main.exited).toBe(0);
    expect(main.asked.filter(({ what }) => what === 'app.quit').map(({ value }) => value)).toEqual([
      { prevented: true },
      { prevented: false },
    ]);
    expect(main.stdout()).toMatch(/^\{"ready":true,"service":"terminal","pid":\d+\}\n$/);
  });

  test('asks for the sandbox and its scheme before the window, and grants nothing', async () => {
    const main = startMain([`--data=${till}`, '--kiosk', '--announce']);
    await main.push(signedOut);
    const order = main.asked.map(({ what }) => what);
    expect(order.indexOf('app.enableSandbox')).toBeLessThan(order.indexOf('BrowserWindow'));
    expect(order.indexOf('registerSchemes')).toBeLessThan(order.indexOf('BrowserWindow'));
    expect(order.indexOf('app.setPath')).toBeLessThan(order.indexOf('app.requestSingleInstanceLock'));
    const values = Object.fromEntries(main.asked.map(({ what, value }) => [what, value]));
    expect(values).toMatchObject({
      'app.setPath': ['userData', `${till}-window`],
      BrowserWindow: {
        kiosk: true,
        webPreferences: {
          preload: built('preload'),
          contextIsolation: true,
          nodeIntegration: false,
          sandbox: true,
        },
      },
      'window.open': { action: 'deny' },
      'permission request': false,
      'permission check': false,
      'device permission': false,
      'utilityProcess.fork': { file: built('terminal') },
      loadURL: SCREEN_URL,
    });
    expect(await main.fetch('holdfast://till/../package.json')).toMatchObject({ status: 404 });
    main.emit('window-all-closed');
    await main.exited;
  });

  test('a second start brings the first window to the front and leaves the till alone', async () => {
    const first = startMain([`--data=${till}`, '--announce']);
    await first.push(signedOut);
    const second = startMain([`--data=${till}`], { FAKE_ELECTRON_SECOND: '1' });
    expect(await second.exited).toBe(0);
    expect(second.asked.map(({ what }) => what)).not.toContain('utilityProcess.fork');
    first.emit('second-instance');
    await first.askedFor('window.focus');
    first.emit('window-all-closed');
    await first.exited;
  });

  test('goes on when its terminal is killed', async () => {
    const main = startMain([`--data=${till}`, '--announce']);
    await main.push(signedOut);
    expect(await main.invoke(page, 'session.signIn', { pin: CASHIER_PIN })).toMatchObject({ ok: true });
    await main.push((name, body) => name === 'status.changed' && !signedOut(name, body));
    const forks = () => main.asked.filter(({ what }) => what === 'utilityProcess.fork').length;
    main.killTerminal();
    await vi.waitUntil(() => forks() === 2, 30_000);
    await vi.waitUntil(async () => (await main.invoke(page, 'status.get', {})).ok, 30_000);
    expect(await main.invoke(page, 'sale.get', {})).toMatchObject({
      ok: false,
      error: { code: 'not_signed_in' },
    });
    main.emit('window-all-closed');
    expect(await main.exited).toBe(0);
  });

  test('says on a screen why it cannot start, where nobody reads its words', async () => {
    const main = startMain([`--data=${path.join(root, 'none')}`]);
    expect(await main.exited).toBe(1);
    expect(await main.askedFor('dialog')).toEqual([
      'Holdfast cannot start',
      expect.stringContaining('(store_missing)') as unknown,
    ]);
  });

  describe('launched from another process', () => {
    // The stand-in comes in by Node's options, as if it were the binary's own.
    beforeAll(() => void vi.stubEnv('NODE_OPTIONS', `--import=${fakeElectronModule}`));
    afterAll(() => void vi.unstubAllEnvs());
    const launch = (dataFolder: string) =>
      launchElectron({
        binary: process.execPath,
        main: built('main'),
        dataFolder,
        server: 'http://127.0.0.1:9',
        printer: '127.0.0.1:9',
        log: path.join(root, 'window.log'),
      });

    test('is there when it is ready, and gone when it is stopped', async () => {
      const window = await launch(till);
      expect(() => process.kill(window.pid, 0)).not.toThrow();
      await expect(launch(till)).rejects.toMatchObject({ code: 'store_locked' });
      await window.stop();
      expect(() => process.kill(window.pid, 0)).toThrow('ESRCH');
    });

    test('tells why it could not', async () => {
      await expect(launch(path.join(root, 'none'))).rejects.toMatchObject({ code: 'store_missing' });
    });
  });
});
