/** The terminal at the far end of a line: opens it, answers its calls, passes its pushes on, closes it. */
import { ApiError } from '../api/errors.ts';
import { reasonOf } from '../cli/exit-with-reason.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { MessageLine } from './message-line.ts';
import type { FromTerminal, OpenTerminalRequest, ToTerminal } from './terminal-messages.ts';

export interface TerminalServiceOptions {
  /** @throws {StoreError} and whatever else keeps a till from opening */
  readonly open: (request: OpenTerminalRequest) => Terminal | Promise<Terminal>;
  /** A start that failed by a fault of ours; reasons that a person can act on only go over the line. */
  readonly onFault: (error: unknown) => void;
  /** After `close`, and after an opening that failed: this process has nothing left to do. */
  readonly onDone: () => void;
}

/** @returns the way to close, for a process that is told by a signal */
export function serveTerminal(
  line: MessageLine<ToTerminal, FromTerminal>,
  options: TerminalServiceOptions,
): () => Promise<void> {
  let terminal: Terminal | undefined;
  let opening = false;
  let closing = false;

  async function open(request: OpenTerminalRequest): Promise<void> {
    let opened: Terminal;
    try {
      opened = await options.open(request);
    } catch (error) {
      const reason = reasonOf(error);
      if (!reason) options.onFault(error);
      line.send({
        kind: 'refused',
        ...(reason ?? { code: 'internal', message: 'The till could not start. Its log says why.' }),
      });
      options.onDone();
      return;
    }
    // Told to close while it opened.
    if (closing) {
      await opened.close();
      options.onDone();
      return;
    }
    opening = false;
    terminal = opened;
    terminal.onPush(({ name, body }) => line.send({ kind: 'push', name, body }));
    line.send({ kind: 'ready' });
    void tellState(terminal);
  }

  /**
   * Unasked: when this process replaces one that died, the window does not know it, and nobody is signed in
   * here although the screen still shows somebody.
   */
  async function tellState(opened: Terminal): Promise<void> {
    const outcome = await opened.call('status.get', {});
    if (outcome.ok) line.send({ kind: 'push', name: 'status.changed', body: outcome.reply });
  }

  async function answer(id: number, name: unknown, request: unknown): Promise<void> {
    const outcome = terminal
      ? await terminal.call(name, request)
      : { ok: false as const, error: notOpen.toBody() };
    line.send({ kind: 'answer', id, outcome });
  }

  async function close(): Promise<void> {
    closing = true;
    if (opening) return;
    const opened = terminal;
    terminal = undefined;
    await opened?.close();
    options.onDone();
  }

  line.onMessage((message) => {
    switch (message.kind) {
      case 'open':
        opening = true;
        void open(message);
        return;
      case 'call':
        void answer(message.id, message.name, message.request);
        return;
      case 'close':
        void close();
    }
  });
  return close;
}

const notOpen = new ApiError(
  'connection_lost',
  'The till is not open. Wait a moment and try again.',
  'later',
);
