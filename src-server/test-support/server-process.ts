/** The server as a process of its own, for tests that kill it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  /** The one line of JSON on stdout. */
  readonly announcement: unknown;
  /** Resolves with exit code and signal. */
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  kill(signal: NodeJS.Signals): void;
}

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Resolves when the server has said whether it is ready. */
export async function spawnServer(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DATABASE_URL: '', LOG_LEVEL: 'silent', ...environment },
  });
  const exit = exitOf(child);
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>,
    exit.then(({ code }) => {
      throw new Error(`the server ended with ${code} and said nothing`);
    }),
  ]);
  return {
    announcement: JSON.parse(line) as unknown,
    exit,
    kill: (signal) => {
      child.kill(signal);
    },
  };
}

async function exitOf(child: ChildProcess): ReturnType<() => ServerProcess['exit']> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
}
