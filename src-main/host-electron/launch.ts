/** Opens the till in Electron from another process: the store in a box, a test. The window's terminal then owns the data folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { builtFiles } from './built-files.ts';

const MAIN = path.resolve(import.meta.dirname, '../../dist/electron', builtFiles.main);
/** More than the terminal's own clean close takes. */
const STOP_MS = 15_000;

export interface LaunchOptions {
  /** Electron's executable; see {@link electronBinary}. */
  readonly binary: string;
  /** Data folder of a till that was set up and that no other process has open. */
  readonly dataFolder: string;
  /** Where the server is now, as a URL; as in the settings when not given. */
  readonly server?: string;
  /** Where the printer is now, as `host:port`. */
  readonly printer?: string;
  readonly kiosk?: boolean;
  /** File that stderr is appended to; inherited when not given. */
  readonly log?: string;
  /** Built main process; that of `dist/electron` when not given. */
  readonly main?: string;
}

export interface ElectronWindow {
  readonly pid: number;
  /** Resolves when it is gone: closed by a person, stopped, or dead. */
  readonly exited: Promise<void>;
  /** Asks it to close and waits; kills it when it does not. On Windows there is only the killing: what is sold is on the disk. */
  stop(): Promise<void>;
}

/** The window could not be opened. `code` is the terminal's own (`store_locked`, `store_missing` …) or `died`. */
export class LaunchError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'LaunchError';
    this.code = code;
  }
}

const readyLineSchema = z.discriminatedUnion('ready', [
  z.object({ ready: z.literal(true), pid: z.int() }),
  z.object({ ready: z.literal(false), code: z.string(), message: z.string() }),
]);

/**
 * Resolves when the first screen is loaded and the terminal answers.
 * @throws {LaunchError}
 */
export async function launchElectron(options: LaunchOptions): Promise<ElectronWindow> {
  const { binary, dataFolder, server, printer, kiosk = false, log, main = MAIN } = options;
  const child = spawn(
    binary,
    [
      main,
      '--announce',
      `--data=${dataFolder}`,
      ...(server === undefined ? [] : [`--server=${server}`]),
      ...(printer === undefined ? [] : [`--printer=${printer}`]),
      ...(kiosk ? ['--kiosk'] : []),
    ],
    { stdio: ['ignore', 'pipe', log === undefined ? 'inherit' : openSync(log, 'a')], env: ownEnvironment() },
  );
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const said = await readyLine(child, exited);
  if (!said?.ready) {
    child.kill('SIGKILL');
    await exited;
    throw said
      ? new LaunchError(said.code, said.message)
      : new LaunchError('died', 'The window ended before it was ready.');
  }
  return {
    pid: said.pid,
    exited,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Chromium may print lines of its own on stdout; ours is the first that reads as one. */
async function readyLine(child: ChildProcess, exited: Promise<void>) {
  const { stdout } = child;
  if (!stdout) return undefined;
  const line = new Promise<z.infer<typeof readyLineSchema>>((resolve) => {
    createInterface({ input: stdout }).on('line', (text) => {
      const parsed = readyLineSchema.safeParse(parseJson(text));
      if (parsed.success) resolve(parsed.data);
    });
  });
  return Promise.race([line, exited.then(() => undefined)]);
}

/** Set for instance in the terminals of some editors; with it the binary is a plain Node and opens nothing. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { ELECTRON_RUN_AS_NODE: _unwanted, ...environment } = process.env;
  return environment;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
