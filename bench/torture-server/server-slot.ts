/** The place of one of the server processes: it keeps its port, so that terminals find it again. */
import path from 'node:path';
import { type ChildService, startService } from '#box/child-service.ts';
import { freePort } from '#server/test-support/free-port.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src-server/main.ts');

export interface ServerSlot {
  readonly name: string;
  readonly url: string;
  /** Resolves when it says that it is ready. @throws {ServiceError} */
  start(): Promise<void>;
  /** SIGKILL, and gone when it resolves. The signal is sent before the first await. */
  kill(): Promise<void>;
  /** SIGTERM: it ends in order. */
  stop(): Promise<void>;
}

export interface ServerSlotOptions {
  readonly name: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** It ended although nobody had asked for it. */
  readonly onOwnEnd: () => void;
}

export async function serverSlot(options: ServerSlotOptions): Promise<ServerSlot> {
  const { name, folder, environment, onOwnEnd } = options;
  const port = await freePort();
  let running: ChildService | undefined;

  return {
    name,
    url: `http://127.0.0.1:${port}`,
    async start() {
      const service = await startService({
        command: [MAIN, '--data', path.join(folder, name), '--port', String(port)],
        log: path.join(folder, `${name}.log`),
        environment,
      });
      running = service;
      void service.exited.then(() => {
        if (running === service) onOwnEnd();
      });
    },
    async kill() {
      const victim = running;
      running = undefined;
      await victim?.kill();
    },
    async stop() {
      const leaving = running;
      running = undefined;
      await leaving?.stop();
    },
  };
}
