/** What the window is started with. Chromium's own switches stand on the same command line: what is not ours is passed over. */
import { parseArgs } from 'node:util';
import type { MovedDevices } from '../store/settings-store.ts';

export interface StartOptions {
  /** Data folder of the till; the default place when not given. */
  readonly data: string | undefined;
  readonly moved: MovedDevices;
  readonly kiosk: boolean;
  /** Somebody reads stdout: say there, in one line of JSON, that the till is ready or why not, and open no dialog. */
  readonly announce: boolean;
}

export class StartOptionError extends Error {
  readonly code = 'bad_option';
}

/** @throws {StartOptionError} with a sentence that names the option */
export function readStartOptions(args: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      server: { type: 'string' },
      printer: { type: 'string' },
      kiosk: { type: 'boolean' },
      announce: { type: 'boolean' },
    },
  });
  const server = textOf('server', values['server']);
  const printer = textOf('printer', values['printer']);
  if (server !== undefined && !URL.canParse(server)) {
    throw new StartOptionError('--server needs a URL, such as http://10.0.0.5:7421.');
  }
  return {
    data: textOf('data', values['data']),
    moved: {
      ...(server === undefined ? {} : { server }),
      ...(printer === undefined ? {} : { printer: hostAndPort(printer) }),
    },
    kiosk: values['kiosk'] === true,
    announce: values['announce'] === true,
  };
}

/** With `strict: false` an option that lacks its value comes out as `true`. */
function textOf(name: string, value: string | boolean | undefined): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw new StartOptionError(`--${name} needs a value.`);
}

function hostAndPort(text: string): { host: string; port: number } {
  const match = /^(.+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (!match?.[1] || port < 1 || port > 65_535) {
    throw new StartOptionError('--printer needs host:port, such as 10.0.0.9:9100.');
  }
  return { host: match[1], port };
}
