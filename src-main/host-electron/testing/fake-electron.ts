/**
 * A stand-in for the `electron` module, for running the built main process as it is under plain Node. It opens no
 * window and proves nothing about Chromium; it shows what our main process asks of Electron, and lets a test speak
 * as the page. The test talks to it over Node's channel: see {@link FromTest} and {@link ToTest}.
 */
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { forkTerminal } from './node-terminal.ts';

export type FromTest =
  | {
      readonly kind: 'invoke';
      readonly id: number;
      readonly frame: { url: string; parent: unknown } | null;
      readonly name: unknown;
      readonly request: unknown;
    }
  | { readonly kind: 'fetch'; readonly id: number; readonly url: string }
  | { readonly kind: 'emit'; readonly event: string }
  | { readonly kind: 'kill-terminal' };

export type ToTest =
  | { readonly kind: 'asked'; readonly what: string; readonly value: unknown }
  | { readonly kind: 'pushed'; readonly channel: string; readonly name: string; readonly body: unknown }
  | { readonly kind: 'answered'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

const tell = (message: ToTest): void => void process.send?.(message);
const asked = (what: string, value: unknown = null): void => tell({ kind: 'asked', what, value });

type Handler = (event: { readonly senderFrame: unknown }, ...args: unknown[]) => unknown;
const invokeHandlers = new Map<string, Handler>();
let screenHandler: ((request: Request) => Promise<Response>) | undefined;
let terminal: ReturnType<typeof forkTerminal> | undefined;

class App extends EventEmitter {
  readonly isPackaged = false;
  #userData = '/nowhere';
  getPath(): string {
    return this.#userData;
  }
  setPath(name: string, value: string): void {
    asked('app.setPath', [name, value]);
    if (!existsSync(value)) throw new Error(`Failed to set path: ${value} does not exist`);
    this.#userData = value;
  }
  enableSandbox(): void {
    asked('app.enableSandbox');
  }
  requestSingleInstanceLock(): boolean {
    asked('app.requestSingleInstanceLock');
    return process.env['FAKE_ELECTRON_SECOND'] === undefined;
  }
  async whenReady(): Promise<void> {
    await Promise.resolve();
  }
  /** As Electron: the event first; without an objection the process ends. */
  quit(): void {
    let prevented = false;
    this.emit('before-quit', { preventDefault: () => (prevented = true) });
    asked('app.quit', { prevented });
    if (!prevented) process.exit(0);
  }
  exit(code: number): void {
    asked('app.exit', code);
    process.exit(code);
  }
}
export const app = new App();
// As Electron does, where there are signals.
process.on('SIGTERM', () => app.quit());

class Contents extends EventEmitter {
  send(channel: string, name: string, body: unknown): void {
    tell({ kind: 'pushed', channel, name, body });
  }
  setWindowOpenHandler(decide: (details: { url: string }) => unknown): void {
    asked('window.open', decide({ url: 'https://example.com/' }));
  }
  reload(): void {
    asked('contents.reload');
  }
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new Contents();
  constructor(options: unknown) {
    super();
    asked('BrowserWindow', options);
    app.emit('web-contents-created', {}, this.webContents);
  }
  async loadURL(url: string): Promise<void> {
    asked('loadURL', url);
    this.emit('ready-to-show');
    await Promise.resolve();
  }
  show(): void {
    asked('window.show');
  }
  focus(): void {
    asked('window.focus');
  }
  restore(): void {
    asked('window.restore');
  }
  isMinimized(): boolean {
    return true;
  }
  isDestroyed(): boolean {
    return false;
  }
}

export const Menu = { setApplicationMenu: (menu: unknown) => asked('Menu.setApplicationMenu', menu) };
export const dialog = { showErrorBox: (title: string, text: string) => asked('dialog', [title, text]) };
export const ipcMain = {
  handle: (channel: string, handler: Handler) => invokeHandlers.set(channel, handler),
};
export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown) => asked('registerSchemes', schemes),
  handle: (_scheme: string, handler: (request: Request) => Promise<Response>) => {
    screenHandler = handler;
  },
};
export const session = {
  defaultSession: {
    setPermissionRequestHandler: (
      handler: (contents: unknown, permission: string, decide: (granted: boolean) => void) => void,
    ) => handler(null, 'media', (granted) => asked('permission request', granted)),
    setPermissionCheckHandler: (handler: () => boolean) => asked('permission check', handler()),
    setDevicePermissionHandler: (handler: () => boolean) => asked('device permission', handler()),
  },
};
export const utilityProcess = {
  fork(file: string, _args: readonly string[], options: unknown) {
    asked('utilityProcess.fork', { file, options });
    const child = forkTerminal(file);
    terminal = child;
    return {
      postMessage: (message: object) => child.send(message),
      on: (event: 'message', listener: (message: unknown) => void) => child.on(event, listener),
      once: (event: 'exit', listener: (code: number | null) => void) => child.once(event, listener),
      kill: () => child.kill(),
    };
  },
};

process.on('message', (message: FromTest) => {
  switch (message.kind) {
    case 'invoke':
      void settle(message.id, () =>
        invokeHandlers.get('holdfast:call')?.({ senderFrame: message.frame }, message.name, message.request),
      );
      return;
    case 'fetch':
      void settle(message.id, async () => {
        const response = await screenHandler?.(new Request(message.url));
        return response && { status: response.status, type: response.headers.get('content-type') };
      });
      return;
    case 'emit':
      app.emit(message.event);
      return;
    case 'kill-terminal':
      terminal?.kill('SIGKILL');
  }
});

/** As `ipcMain.handle`: a handler that throws rejects the page's promise. */
async function settle(id: number, work: () => unknown): Promise<void> {
  try {
    tell({ kind: 'answered', id, value: await work() });
  } catch (error) {
    tell({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) });
  }
}
