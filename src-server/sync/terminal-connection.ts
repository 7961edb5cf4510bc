/** One connected terminal: its requests, parsed, answered once each, batches strictly in their order. */
import {
  type HelloReply,
  type PushReply,
  helloRequestSchema,
  pushRequestSchema,
} from '#sync/protocol/messages.ts';
import type { Database } from '../database/database.ts';
import { checkBatch, refuse } from '../ingest/check-batch.ts';
import { appendBatch } from '../ingest/ingest-batch.ts';
import type { EventLog } from '../log/event-log.ts';
import type { Logger } from '../logger.ts';
import type { TerminalSocket } from '../sockets/terminal-sockets.ts';
import { type AuthenticTerminal, greetTerminal } from '../terminals/terminals.ts';
import { requestLine } from './request-line.ts';

/** A well-behaved terminal has fewer in flight; beyond that it is told to come again, so memory stays bounded. */
const MAX_IN_FLIGHT = 8;

export interface ConnectionContext {
  readonly database: Database;
  readonly log: EventLog;
  readonly logger: Logger;
  /** Work that a closing server waits for. */
  readonly track: (work: Promise<unknown>) => void;
}

export function serveTerminal(
  { database, log, logger, track }: ConnectionContext,
  socket: TerminalSocket,
  terminal: AuthenticTerminal,
): void {
  const onFailure = (error: unknown) => {
    logger.error({ err: error, terminalId: terminal.terminalId }, 'a request of a terminal failed');
  };
  const line = requestLine({
    store: (events) => appendBatch(log, terminal, events, { onFailure }),
    onFailure,
    track,
  });

  async function greet(): Promise<HelloReply> {
    try {
      const now = new Date();
      const head = await greetTerminal(database, terminal, now);
      if (head !== undefined) {
        return { ok: true, ackedThrough: head.seq, headHash: head.hash, serverTime: now.toISOString() };
      }
      socket.disconnect(true);
      return { ok: false, code: 'unavailable', message: 'The token is no longer valid' };
    } catch (error) {
      onFailure(error);
      return { ok: false, code: 'unavailable', message: 'The server cannot read its database now' };
    }
  }

  socket.on('sync.hello', (...message: unknown[]) => {
    const answer: ((reply: HelloReply) => void) | undefined = acknowledgement(message);
    if (answer === undefined || !helloRequestSchema.safeParse(message[0]).success) {
      answer?.({ ok: false, code: 'unavailable', message: 'The message does not fit the protocol' });
      return;
    }
    if (line.length() >= MAX_IN_FLIGHT) {
      answer({ ok: false, code: 'unavailable', message: 'Too many requests at once' });
      return;
    }
    line.addWork(async () => {
      answer(await greet());
    });
  });

  socket.on('events.push', (...message: unknown[]) => {
    const answer: ((reply: PushReply) => void) | undefined = acknowledgement(message);
    // Nobody would learn what became of it.
    if (answer === undefined) return;
    if (line.length() >= MAX_IN_FLIGHT) {
      answer(refuse('unavailable', 'Too many batches at once'));
      return;
    }
    const request = pushRequestSchema.safeParse(message[0]);
    const checked = request.success
      ? checkBatch(terminal, request.data)
      : refuse('malformed', 'The message does not fit the protocol');
    const tell = (reply: PushReply) => {
      if (!reply.ok) logger.warn({ terminalId: terminal.terminalId, ...reply }, 'a batch was refused');
      answer(reply);
    };
    if ('ok' in checked) {
      line.addWork(async () => {
        tell(checked);
      });
    } else line.addBatch({ checked, answer: tell });
  });
}

/** The callback that socket.io adds when the sender wants an answer; only after exactly one message. */
function acknowledgement(message: readonly unknown[]): ((reply: unknown) => void) | undefined {
  const callback = message.at(-1);
  return message.length <= 2 && isCallback(callback) ? callback : undefined;
}

function isCallback(value: unknown): value is (reply: unknown) => void {
  return typeof value === 'function';
}
