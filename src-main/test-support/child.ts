/** A real second process, for what only one can show: SIGKILL, another user, a lock held elsewhere. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface Child {
  readonly process: ChildProcess;
  /** The next line of its stdout. @throws when it ends before, with what it said on stderr */
  nextLine(): Promise<string>;
  say(line: string): void;
  /** SIGKILL, and gone when this resolves. */
  kill(): Promise<void>;
}

/** @param script file name in this folder */
export function startChild(
  script: string,
  args: readonly string[],
  user?: { uid: number; gid: number },
): Child {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, script), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...user,
  });
  const lines: string[] = [];
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  let errors = '';
  let ended = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const next = waiting.shift();
    if (next) next.resolve(line);
    else lines.push(line);
  });
  child.on('close', () => {
    ended = true;
    for (const { reject } of waiting.splice(0)) reject(new Error(`${script} ended: ${errors}`));
  });
  return {
    process: child,
    nextLine: () =>
      new Promise((resolve, reject) => {
        const line = lines.shift();
        if (line !== undefined) resolve(line);
        else if (ended) reject(new Error(`${script} ended: ${errors}`));
        else waiting.push({ resolve, reject });
      }),
    say: (line) => {
      child.stdin.write(`${line}\n`);
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'close');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Reports one line of JSON from a child script. */
export function report(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
