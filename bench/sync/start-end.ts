/** Starts one end of a replication in a process of its own, and talks with it. */
import { fork } from 'node:child_process';
import { z } from 'zod';
import type { Arrived, Question } from './end-process.ts';

const answerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), port: z.int() }),
  z.object({ kind: z.literal('replicated'), seconds: z.number() }),
  z.object({ kind: z.literal('arrived'), records: z.int(), rewritten: z.int(), digest: z.string() }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);
type Answer = z.infer<typeof answerSchema>;

export interface End {
  readonly pid: number;
  /** Of a server; 0 of a client. */
  readonly port: number;
  /** @returns seconds; undefined when it was not through within the limit. Then only `stop` is left. */
  replicate(port: number, limitMs: number): Promise<number | undefined>;
  look(): Promise<Arrived>;
  stop(): Promise<void>;
}

/** A client that keeps its records in memory reads them before it is ready. */
const READY_MS = 120_000;

/** @throws {Error} when it dies or says that it failed */
export async function startEnd(
  module: string,
  args: readonly string[],
  nodeOptions: readonly string[] = [],
): Promise<End> {
  // A warning of an old package is no news; an error ends the process, and that is noticed.
  const child = fork(module, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--no-warnings', ...nodeOptions],
  });
  const gone = new Promise<never>((_, reject) => {
    child.once('exit', (code, signal) => reject(new Error(`${module} ended (${signal ?? code})`)));
    child.once('error', reject);
  });
  // It is waited for below; until then nobody may mind.
  gone.catch(() => undefined);

  async function next(limitMs: number): Promise<Answer | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const message = new Promise<unknown>((resolve) => child.once('message', resolve));
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), limitMs);
    });
    const answer = await Promise.race([message, late, gone]).finally(() => clearTimeout(timer));
    if (answer === undefined) return undefined;
    const parsed = answerSchema.parse(answer);
    if (parsed.kind === 'failed') throw new Error(`${module}: ${parsed.message}`);
    return parsed;
  }

  async function ask(question: Question, limitMs: number): Promise<Answer | undefined> {
    child.send(question);
    return next(limitMs);
  }

  const ready = await next(READY_MS);
  if (ready?.kind !== 'ready' || child.pid === undefined) {
    child.kill('SIGKILL');
    throw new Error(`${module} was not ready in time`);
  }
  return {
    pid: child.pid,
    port: ready.port,
    async replicate(port, limitMs) {
      const answer = await ask({ ask: 'replicate', port }, limitMs);
      return answer?.kind === 'replicated' ? answer.seconds : undefined;
    },
    async look() {
      const answer = await ask({ ask: 'look' }, READY_MS);
      if (answer?.kind !== 'arrived') throw new Error(`${module} does not say what it has`);
      return answer;
    },
    async stop() {
      child.kill('SIGKILL');
      await gone.catch(() => undefined);
    },
  };
}
