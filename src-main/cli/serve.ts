/** Runs the till for a browser on this PC until it is told to stop. */
import { startBrowserHost } from '../host-browser/browser-host.ts';
import { openHealedTerminal } from '../terminal/open-healed-terminal.ts';
import { tillLog } from '../terminal/till-log.ts';
import { reasonOf } from './exit-with-reason.ts';

export interface ServeOptions {
  readonly data: string;
  readonly port: number;
  readonly screens: string;
  /** Where the server and the printer are now, when that has changed since the set-up. */
  readonly server?: string;
  readonly printer?: { readonly host: string; readonly port: number };
}

/** Says on stdout, in one line of JSON, that it is ready or why not; logs go to stderr. */
export async function serve(options: ServeOptions): Promise<void> {
  const logger = tillLog('terminal');
  try {
    const terminal = await openHealedTerminal({
      folder: options.data,
      logger,
      moved: {
        ...(options.server === undefined ? {} : { server: options.server }),
        ...(options.printer ? { printer: options.printer } : {}),
      },
    });
    const host = await startBrowserHost({ terminal, port: options.port, screens: options.screens }).catch(
      async (error: unknown) => {
        await terminal.close();
        throw error;
      },
    );
    say({ ready: true, service: 'terminal', link: host.link, port: host.port, pid: process.pid });
    stopOnSignal(async () => {
      await host.close();
      await terminal.close();
    });
  } catch (error) {
    const reason = reasonOf(error);
    if (!reason) logger.fatal({ err: error }, 'the till could not start');
    say({
      ready: false,
      ...(reason ?? { code: 'internal', message: 'The till could not start. Its log says why.' }),
    });
    process.exitCode = 1;
  }
}

function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const once = (): void => {
    if (stopping) return;
    stopping = true;
    void stop().then(() => process.exit(0));
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, once);
  // Whoever started us asks for it: a till must not outlive the store that it was started with.
  if (process.env['HOLDFAST_STOP_WITH_STDIN'] === '1') process.stdin.resume().once('end', once);
}

function say(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
