/** The central server of the box. One that dies is started again on its port; the till sells on meanwhile. */
import path from 'node:path';
import { ServiceError } from './child-service.ts';
import type { BoxFolders } from './data-folder.ts';
import { onNextFreePort } from './next-free-port.ts';
import { type ServerProcess, startServerProcess } from './services.ts';

const RESTART_MS = 1_000;

export interface KeptServer {
  readonly url: string;
  /** Resolves when no server process is left: one that is just being started is waited for, and stopped. */
  stop(): Promise<void>;
}

export async function keepServerUp(
  folders: BoxFolders,
  firstPort: number,
  onStep: (step: string) => void,
  start: typeof startServerProcess = startServerProcess,
): Promise<KeptServer> {
  const launch = (port: number): Promise<ServerProcess> =>
    start({
      data: folders.server,
      port,
      log: path.join(folders.logs, 'server.log'),
      // Not beside a Stripe that somebody has set up.
      paymentSimulator: (process.env['STRIPE_SECRET_KEY'] ?? '') === '',
    });
  let current = await onNextFreePort(
    firstPort,
    launch,
    (error) => error instanceof ServiceError && error.code === 'port_taken',
  );
  const { url } = current;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let restarting: Promise<void> = Promise.resolve();
  watch(current);

  function watch(server: ServerProcess): void {
    void server.exited.then(restartSoon);
  }

  function restartSoon(): void {
    if (stopping) return;
    timer = setTimeout(() => {
      restarting = restart();
    }, RESTART_MS);
  }

  async function restart(): Promise<void> {
    onStep('The central server ended; starting it again. The till sells on.');
    try {
      current = await launch(Number(new URL(url).port));
      watch(current);
    } catch {
      restartSoon();
    }
  }

  return {
    url,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      // A process that is on its way up belongs to nobody else: whoever went away now would leave it behind.
      await restarting;
      await current.stop();
    },
  };
}
