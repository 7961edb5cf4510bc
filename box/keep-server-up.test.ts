import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ServiceError } from './child-service.ts';
import { type KeptServer, keepServerUp } from './keep-server-up.ts';
import type { ServerProcess } from './services.ts';

const FOLDERS = {
  root: 'box',
  server: 'box/server',
  terminal: 'box/terminal',
  logs: 'box/logs',
  enrolmentCode: 'box/enrolment-code',
  release: () => undefined,
};
const SOON_MS = 60_000;

/** Server processes that start when the test says so, and end when they are killed or stopped. */
interface Processes {
  readonly alive: Set<ServerProcess>;
  readonly asked: readonly number[];
  /** The start that is under way has come through, or failed. */
  started(): Promise<void>;
  failed(): Promise<void>;
}

function processes(): Processes & { readonly start: () => Promise<ServerProcess> } {
  const alive = new Set<ServerProcess>();
  const asked: number[] = [];
  const waiting: { resolve: (server: ServerProcess) => void; reject: (error: Error) => void }[] = [];
  function processOf(pid: number): ServerProcess {
    let end = (): void => undefined;
    const exited = new Promise<void>((resolve) => {
      end = resolve;
    });
    const stop = async (): Promise<void> => {
      alive.delete(server);
      end();
      await exited;
    };
    const server = { url: 'http://127.0.0.1:7421', ready: {}, pid, exited, stop, kill: stop };
    return server;
  }
  const settled = () => vi.advanceTimersByTimeAsync(0);
  return {
    alive,
    asked,
    start: () => {
      asked.push(asked.length + 1);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    async started() {
      const server = processOf(asked.length);
      alive.add(server);
      waiting.shift()?.resolve(server);
      await settled();
    },
    async failed() {
      waiting.shift()?.reject(new ServiceError('died', 'It ended before it was ready.'));
      await settled();
    },
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A kept server whose first process has died, and whose next one is being started. */
async function inTheMiddleOfARestart() {
  const running = processes();
  const starting = keepServerUp(FOLDERS, 7421, () => undefined, running.start);
  await running.started();
  const kept = await starting;
  const [first] = running.alive;
  await first?.kill();
  await vi.advanceTimersByTimeAsync(SOON_MS);
  expect(running.asked).toHaveLength(2);
  return { running, kept };
}

/** @returns whether it had stopped before what `meanwhile` does */
async function stopWhile(kept: KeptServer, meanwhile: () => Promise<void>): Promise<boolean> {
  let stopped = false;
  const stopping = kept.stop().then(() => {
    stopped = true;
  });
  await vi.advanceTimersByTimeAsync(SOON_MS);
  const before = stopped;
  await meanwhile();
  await stopping;
  return before;
}

it('starts a server that died again, also when that fails at first', async () => {
  const { running, kept } = await inTheMiddleOfARestart();
  await running.failed();
  await vi.advanceTimersByTimeAsync(SOON_MS);
  expect(running.asked).toHaveLength(3);
  await running.started();
  expect(running.alive.size).toBe(1);
  await kept.stop();
  expect(running.alive.size).toBe(0);
});

it('leaves no process behind when it is stopped in the middle of a restart', async () => {
  const { running, kept } = await inTheMiddleOfARestart();
  expect(await stopWhile(kept, () => running.started())).toBe(false);
  expect(running.alive.size).toBe(0);
  await vi.advanceTimersByTimeAsync(SOON_MS);
  expect(running.asked).toHaveLength(2);
});

it('tries no more when a restart fails while it is stopped', async () => {
  const { running, kept } = await inTheMiddleOfARestart();
  await stopWhile(kept, () => running.failed());
  await vi.advanceTimersByTimeAsync(SOON_MS);
  expect(running.asked).toHaveLength(2);
});

it('does not restart what it has stopped itself', async () => {
  const { running, kept } = await inTheMiddleOfARestart();
  await running.started();
  await kept.stop();
  await vi.advanceTimersByTimeAsync(SOON_MS);
  expect(running.asked).toHaveLength(2);
});
