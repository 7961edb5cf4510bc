/**
 * Electron's main process: a window, a bridge, and a keeper of the terminal's process. It reads no database and
 * talks to no device, so nothing in it can make the window wait.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { BrowserWindow, Menu, app, dialog, ipcMain, protocol, session } from 'electron';
import { tillLog } from '../terminal/till-log.ts';
import { builtFiles } from './built-files.ts';
import { CALL_CHANNEL, PUSH_CHANNEL } from './channels.ts';
import { SCREEN_SCHEME, SCREEN_URL, isOwnScreen } from './screen-address.ts';
import { screenResponse } from './screen-files.ts';
import { type StartOptions, StartOptionError, readStartOptions } from './start-options.ts';
import { type TerminalKeeper, keepTerminal } from './terminal-keeper.ts';
import type { StartRefusal } from './terminal-messages.ts';
import { startUtilityTerminal } from './utility-terminal.ts';
import { guardContents, guardSession } from './window-guards.ts';
import { windowOptions } from './window-options.ts';

const SCREENS = path.resolve(import.meta.dirname, '../renderer');

const options = startOptions();
const dataFolder = path.resolve(options.data ?? path.join(app.getPath('userData'), 'till'));
if (options.data !== undefined) app.setPath('userData', profileBeside(dataFolder));
const logFile = app.isPackaged ? path.join(app.getPath('logs'), 'terminal.log') : null;
const logger = tillLog('window', logFile ?? undefined);

app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  { scheme: SCREEN_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);
app.on('web-contents-created', (_event, contents) => guardContents(contents));

if (app.requestSingleInstanceLock()) {
  void app.whenReady().then(start);
} else {
  // The first instance is told and comes to the front.
  if (options.announce) {
    say({ ready: false, code: 'store_locked', message: 'This till is open in another window already.' });
  }
  app.exit(options.announce ? 1 : 0);
}

function startOptions(): StartOptions {
  try {
    return readStartOptions(process.argv.slice(1));
  } catch (error) {
    if (!(error instanceof StartOptionError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

/**
 * Chromium's profile beside the till's data: two tills on one PC share neither profile nor single-instance lock.
 * Electron wants the folder to be there.
 */
function profileBeside(folder: string): string {
  const profile = `${folder}-window`;
  try {
    mkdirSync(profile, { recursive: true });
  } catch (error) {
    process.stderr.write(`Holdfast cannot make the folder ${profile}: ${String(error)}\n`);
    process.exit(2);
  }
  return profile;
}

function start(): void {
  if (process.platform !== 'darwin') Menu.setApplicationMenu(null);
  guardSession(session.defaultSession);
  protocol.handle(SCREEN_SCHEME, (request) => screenResponse(request.url, SCREENS));

  const window = new BrowserWindow(
    windowOptions({
      kiosk: options.kiosk,
      preload: path.join(import.meta.dirname, builtFiles.preload),
      devTools: !app.isPackaged,
    }),
  );
  const terminalReady = Promise.withResolvers<void>();
  const keeper = keepTerminal({
    start: () => startUtilityTerminal(path.join(import.meta.dirname, builtFiles.terminal)),
    open: { folder: dataFolder, moved: options.moved, logFile },
    onPush: (name, body) => {
      if (!window.isDestroyed()) window.webContents.send(PUSH_CHANNEL, name, body);
    },
    onReady: () => terminalReady.resolve(),
    onDeath: (exitCode) => logger.error({ exitCode }, 'the terminal process died; starting it again'),
    onGivenUp: giveUp,
  });
  ipcMain.handle(CALL_CHANNEL, (event, name: unknown, request: unknown) => {
    if (!isOwnScreen(event.senderFrame)) throw new Error('This page is not the till.');
    return keeper.call(name, request);
  });

  show(window);
  closeBeforeQuit(keeper);
  app.on('second-instance', () => bringToFront(window));
  void Promise.all([terminalReady.promise, window.loadURL(SCREEN_URL)]).then(() => {
    if (options.announce) say({ ready: true, service: 'terminal', pid: process.pid });
  }, failed);
}

function show(window: BrowserWindow): void {
  window.once('ready-to-show', () => window.show());
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    logger.error({ reason }, 'the page died; loading it again');
    if (!window.isDestroyed()) window.webContents.reload();
  });
}

function bringToFront(window: BrowserWindow): void {
  if (window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** The first request to quit closes the terminal and quits then: a receipt that is being printed is finished. */
function closeBeforeQuit(keeper: TerminalKeeper): void {
  let closed = false;
  app.on('before-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void keeper.close().then(() => {
      closed = true;
      app.quit();
    });
  });
  app.on('window-all-closed', () => app.quit());
}

function failed(error: unknown): void {
  logger.fatal({ err: error }, 'the window could not be opened');
  giveUp({ code: 'internal', message: 'The window of the till could not be opened. Its log says why.' });
}

function giveUp({ code, message }: StartRefusal): void {
  logger.fatal({ code }, message);
  if (options.announce) say({ ready: false, code, message });
  else dialog.showErrorBox('Holdfast cannot start', `${message} (${code})`);
  app.exit(1);
}

function say(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
