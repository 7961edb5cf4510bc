/**
 * One connected terminal: its requests, parsed, answered once each, batches strictly in their order. A terminal of protocol 1
 * is asked and answered as that one has it: no code and no question that it does not know.
 */
import { OLDEST_PROTOCOL_VERSION } from '#sync/protocol/messages.ts';
import type { Database } from '../database/database.ts';
import type { CheckedEvent } from '../ingest/check-batch.ts';
import { appendBatch } from '../ingest/ingest-batch.ts';
import type { EventLog } from '../log/event-log.ts';
import type { Logger } from '../logger.ts';
import type { TerminalSocket } from '../sockets/terminal-sockets.ts';
import type { AuthenticTerminal } from '../terminals/terminals.ts';
import { acknowledgement } from './acknowledgement.ts';
import { answerHello } from './answer-hello.ts';
import type { IngestGate } from './ingest-gate.ts';
import { logFork } from './log-fork.ts';
import { requestLine } from './request-line.ts';
import { MAX_IN_FLIGHT, servePushes } from './serve-pushes.ts';
import { serveQuestions } from './serve-questions.ts';

export interface ConnectionContext {
  readonly database: Database;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly gate: IngestGate;
  /** What this terminal speaks. */
  readonly protocol: number;
  /** It has shown that its history is ours: whoever else is connected in its name was there before it. */
  readonly takeOver: () => void;
  /** Work that a closing server waits for. */
  readonly track: (work: Promise<unknown>) => void;
}

export function serveTerminal(
  { database, log, logger, gate, protocol, takeOver, track }: ConnectionContext,
  socket: TerminalSocket,
  terminal: AuthenticTerminal,
): void {
  const { terminalId } = terminal;
  const isOfVersion1 = protocol === OLDEST_PROTOCOL_VERSION;
  const onFailure = (error: unknown) => {
    logger.error({ err: error, terminalId }, 'a request of a terminal failed');
  };

  async function store(events: readonly CheckedEvent[]) {
    const started = performance.now();
    const reply = await appendBatch(log, terminal, events, {
      onFailure,
      onFork: (fork) => logFork(logger, fork),
      onQuarantined: (quarantined) => {
        logger.warn({ terminalId, events: quarantined }, 'events of a terminal were quarantined');
      },
    });
    gate.committed(performance.now() - started);
    return reply;
  }

  const line = requestLine({ store, onFailure, track });
  const pushes = servePushes({ line, gate, logger, isOfVersion1 }, socket, terminal);
  if (!isOfVersion1) serveQuestions({ database, line, onFailure }, socket, terminal);

  async function greet(message: unknown) {
    const context = { database, logger, terminal, isOfVersion1, onFailure };
    const { reply, isVoid } = await answerHello(context, message);
    if (isVoid) socket.disconnect(true);
    if (!reply.ok) return reply;
    takeOver();
    return pushes.greet(reply);
  }

  socket.on('sync.hello', (...message: unknown[]) => {
    const answer = acknowledgement(message);
    if (answer === undefined) return;
    if (line.length() >= MAX_IN_FLIGHT) {
      answer({ ok: false, code: 'unavailable', message: 'Too many requests at once' });
      return;
    }
    line.addWork(async () => {
      answer(await greet(message[0]));
    });
  });
}
