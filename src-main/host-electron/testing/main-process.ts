/** The built main process over the stand-in for Electron, and the test as its page. */
import { fork } from 'node:child_process';
import path from 'node:path';
import type { CallOutcome } from '../../api/client.ts';
import type { FromTest, ToTest } from './fake-electron.ts';

export const fakeElectronModule = path.join(import.meta.dirname, 'use-fake-electron.ts');
type Frame = Extract<FromTest, { kind: 'invoke' }>['frame'];
type WithoutId<Message> = Message extends { id: number } ? Omit<Message, 'id'> : never;

export interface MainProcess {
  /** What it asked of Electron so far, in order. */
  readonly asked: readonly { readonly what: string; readonly value: unknown }[];
  readonly stdout: () => string;
  /** Resolves at the first push that fits, also when it came already. */
  push(fits: (name: string, body: unknown) => boolean): Promise<unknown>;
  /** Resolves when it asked for this, also when it did already. */
  askedFor(what: string): Promise<unknown>;
  /** @throws what the page's promise would reject with */
  invoke(frame: Frame, name: unknown, request: unknown): Promise<CallOutcome>;
  fetch(url: string): Promise<unknown>;
  emit(event: string): void;
  killTerminal(): void;
  /** With its exit code. */
  readonly exited: Promise<number | null>;
  kill(): void;
}

export function startMainProcess(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): MainProcess {
  const child = fork(file, args, {
    execArgv: ['--import', fakeElectronModule],
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const asked: { what: string; value: unknown }[] = [];
  const pushed: { name: string; body: unknown }[] = [];
  const answers = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const onChange = new Set<() => void>();
  let output = '';
  let lastId = 0;
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.on('message', (received) => {
    const message = received as ToTest;
    switch (message.kind) {
      case 'asked':
        asked.push(message);
        break;
      case 'pushed':
        pushed.push(message);
        break;
      case 'answered':
        answers.get(message.id)?.resolve(message.value);
        break;
      case 'failed':
        answers.get(message.id)?.reject(new Error(message.message));
    }
    onChange.forEach((look) => look());
  });

  function ask(message: WithoutId<FromTest>): Promise<unknown> {
    lastId += 1;
    const answer = Promise.withResolvers<unknown>();
    answers.set(lastId, answer);
    child.send({ ...message, id: lastId });
    return answer.promise;
  }

  function first<Item>(items: readonly Item[], fits: (item: Item) => boolean): Promise<Item> {
    const { promise, resolve } = Promise.withResolvers<Item>();
    const look = (): void => {
      const found = items.find(fits);
      if (found === undefined) return;
      onChange.delete(look);
      resolve(found);
    };
    onChange.add(look);
    look();
    return promise;
  }

  return {
    asked,
    stdout: () => output,
    async push(fits) {
      const { body } = await first(pushed, (item) => fits(item.name, item.body));
      return body;
    },
    async askedFor(what) {
      const { value } = await first(asked, (item) => item.what === what);
      return value;
    },
    invoke: async (frame, name, request) =>
      (await ask({ kind: 'invoke', frame, name, request })) as CallOutcome,
    fetch: (url) => ask({ kind: 'fetch', url }),
    emit: (event) => void child.send({ kind: 'emit', event } satisfies FromTest),
    killTerminal: () => void child.send({ kind: 'kill-terminal' } satisfies FromTest),
    exited: new Promise((resolve) => child.once('exit', (code) => resolve(code))),
    kill: () => void child.kill('SIGKILL'),
  };
}
