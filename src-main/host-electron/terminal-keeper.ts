/**
 * Keeps the terminal's process running for as long as the window lives.
 *
 *     starting ──ready──▶ running ──died──▶ (pause) ──▶ starting
 *        │                   │
 *        │ refused, or died  └──close()──▶ closing ──▶ gone
 *        ▼ too often unready
 *      given up: a person must act
 */
import type { CallOutcome } from '../api/client.ts';
import { createCallRelay } from './call-relay.ts';
import type { MessageLine } from './message-line.ts';
import type { FromTerminal, OpenTerminalRequest, StartRefusal, ToTerminal } from './terminal-messages.ts';

/** Long enough not to spin, short enough that a cashier sees a hiccup. Nothing is lost by it: the cart is on the disk. */
const RESTART_MS = 500;
/** A process that dies this often before it was ever ready will not get ready by trying again. */
const MOST_UNREADY_STARTS = 5;
/** How long a clean close may take, above all for the receipt that is being printed; then the process is ended. */
const CLOSE_MS = 10_000;

export interface TerminalProcess {
  readonly line: MessageLine<FromTerminal, ToTerminal>;
  onExit(listener: (exitCode: number | null) => void): void;
  kill(): void;
}

export interface TerminalKeeperOptions {
  readonly start: () => TerminalProcess;
  readonly open: OpenTerminalRequest;
  readonly onPush: (name: string, body: unknown) => void;
  /** Each time that a process is ready. */
  readonly onReady: () => void;
  readonly onDeath: (exitCode: number | null) => void;
  readonly onGivenUp: (refusal: StartRefusal) => void;
  readonly restartMs?: number;
  readonly closeMs?: number;
}

export interface TerminalKeeper {
  /** Never rejects; `connection_lost` while there is no process. */
  call(name: unknown, request: unknown): Promise<CallOutcome>;
  /** Resolves when the process is gone. */
  close(): Promise<void>;
}

export function keepTerminal(options: TerminalKeeperOptions): TerminalKeeper {
  const { restartMs = RESTART_MS, closeMs = CLOSE_MS } = options;
  const relay = createCallRelay();
  let current: TerminalProcess | undefined;
  let restart: NodeJS.Timeout | undefined;
  let closing: Promise<void> | undefined;
  let gone: () => void = () => undefined;
  let unreadyStarts = 0;

  function launch(): void {
    const started = options.start();
    current = started;
    unreadyStarts += 1;
    let refusal: StartRefusal | undefined;
    started.line.onMessage((message) => {
      switch (message.kind) {
        case 'ready':
          unreadyStarts = 0;
          options.onReady();
          return;
        case 'refused':
          refusal = { code: message.code, message: message.message };
          return;
        case 'answer':
          relay.answer(message.id, message.outcome);
          return;
        case 'push':
          options.onPush(message.name, message.body);
      }
    });
    started.onExit((exitCode) => afterExit(exitCode, refusal));
    relay.connect((message) => started.line.send(message));
    started.line.send({ kind: 'open', ...options.open });
  }

  function afterExit(exitCode: number | null, refusal: StartRefusal | undefined): void {
    current = undefined;
    relay.disconnect();
    if (closing) {
      gone();
      return;
    }
    if (refusal) {
      options.onGivenUp(refusal);
      return;
    }
    options.onDeath(exitCode);
    if (unreadyStarts >= MOST_UNREADY_STARTS) {
      options.onGivenUp({ code: 'died', message: 'The till ended before it was ready. Its log says why.' });
      return;
    }
    restart = setTimeout(launch, restartMs);
  }

  function close(): Promise<void> {
    clearTimeout(restart);
    const last = current;
    if (!last) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => last.kill(), closeMs);
      gone = () => {
        clearTimeout(timer);
        resolve();
      };
      last.line.send({ kind: 'close' });
    });
  }

  launch();
  return {
    call: (name, request) => relay.call(name, request),
    close() {
      closing ??= close();
      return closing;
    },
  };
}
