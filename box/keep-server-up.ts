/** The central server of the box. One that dies is started again on its port; the till sells on meanwhile. */
import path from 'node:path';
import { ServiceError } from './child-service.ts';
import type { BoxFolders } from './data-folder.ts';
import { onNextFreePort } from './next-free-port.ts';
import { type ServerProcess, startServerProcess } from './services.ts';

const RESTART_MS = 1_000;

export interface KeptServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function keepServerUp(
  folders: BoxFolders,
  firstPort: number,
  onStep: (step: string) => void,
): Promise<KeptServer> {
  const launch = (port: number): Promise<ServerProcess> =>
    startServerProcess({
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
  watch(current);

  function watch(server: ServerProcess): void {
    void server.exited.then(restartSoon);
  }

  function restartSoon(): void {
    if (!stopping) timer = setTimeout(() => void restart(), RESTART_MS);
  }

  async function restart(): Promise<void> {
    onStep('The central server ended; starting it again. The till sells on.');
    try {
      current = await launch(Number(new URL(url).port));
      if (stopping) await current.stop();
      else watch(current);
    } catch {
      restartSoon();
    }
  }

  return {
    url,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await current.stop();
    },
  };
}
