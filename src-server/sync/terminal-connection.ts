/**
 * One connected terminal: its requests, parsed, answered once each, batches strictly in their order. A terminal of protocol 1
 * is asked and answered as that one has it: no code and no question that it does not know.
 */
import type { z } from 'zod';
import {
  type EventsPullReply,
  MAX_WINDOW,
  type PushReply,
  type PushRequest,
  type QuarantineListReply,
  eventsPullRequestSchema,
  quarantineListRequestSchema,
} from '#sync/protocol/messages.ts';
import { readPushRequest } from '#sync/protocol/read-push-request.ts';
import { pushRequestV1Schema } from '#sync/protocol/version-1.ts';
import type { Database } from '../database/database.ts';
import { checkBatch, refuse } from '../ingest/check-batch.ts';
import { appendBatch } from '../ingest/ingest-batch.ts';
import type { EventLog } from '../log/event-log.ts';
import type { Logger } from '../logger.ts';
import { readQuarantineOf } from '../quarantine/terminal-quarantine.ts';
import type { TerminalSocket } from '../sockets/terminal-sockets.ts';
import type { AuthenticTerminal } from '../terminals/terminals.ts';
import { acknowledgement } from './acknowledgement.ts';
import { answerHello } from './answer-hello.ts';
import { logFork } from './log-fork.ts';
import { type Admission, type IngestGate, flowOf, sameShare } from './ingest-gate.ts';
import { readOwnEvents } from './own-events.ts';
import { requestLine } from './request-line.ts';

/** A well-behaved terminal has fewer in flight; beyond that it is told to come again, so memory stays bounded. */
const MAX_IN_FLIGHT = MAX_WINDOW + 2;
const DOES_NOT_FIT = 'The message does not fit the protocol';
const TOO_MANY = 'Too many requests at once';

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
  context: ConnectionContext,
  socket: TerminalSocket,
  terminal: AuthenticTerminal,
): void {
  const { database, log, logger, gate, protocol, takeOver, track } = context;
  const { terminalId } = terminal;
  const isOfVersion1 = protocol === 1;
  const onFailure = (error: unknown) => {
    logger.error({ err: error, terminalId }, 'a request of a terminal failed');
  };
  const line = requestLine({
    async store(events) {
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
    },
    onFailure,
    track,
  });
  /** What it was told last. */
  let told = { share: gate.share(), quarantined: 0 };
  /** seq of the batch that was sent away: those behind it cannot be taken before it. */
  let pausedFrom: number | undefined;

  /** Adds what has changed since it was told. */
  function withNews(reply: PushReply): PushReply {
    if (!reply.ok) return reply;
    const { ok, ackedThrough, quarantined = 0 } = reply;
    if (isOfVersion1) return { ok, ackedThrough };
    const share = gate.share();
    const news: PushReply = {
      ok,
      ackedThrough,
      ...(quarantined === told.quarantined ? {} : { quarantined }),
      ...(sameShare(share, told.share) ? {} : { flow: flowOf(share) }),
    };
    told = { share, quarantined };
    return news;
  }

  function sendAway(pauseMs: number): PushReply {
    const message = 'Too many batches wait for the database';
    // Its tills know no pause: they drop the line, and wait by themselves.
    if (isOfVersion1) return refuse('unavailable', message);
    const share = gate.share();
    told = { ...told, share };
    return { ...refuse('paused', message), flow: flowOf(share, pauseMs) };
  }

  function parsePush(message: unknown): PushRequest | undefined {
    return isOfVersion1 ? pushRequestV1Schema.safeParse(message).data : readPushRequest(message);
  }

  socket.on('sync.hello', (...message: unknown[]) => {
    const answer = acknowledgement(message);
    if (answer === undefined) return;
    if (line.length() >= MAX_IN_FLIGHT) {
      answer({ ok: false, code: 'unavailable', message: TOO_MANY });
      return;
    }
    line.addWork(async () => {
      const { reply, isVoid } = await answerHello(
        { database, logger, terminal, isOfVersion1, onFailure },
        message[0],
      );
      if (isVoid) socket.disconnect(true);
      if (!reply.ok) {
        answer(reply);
        return;
      }
      takeOver();
      pausedFrom = undefined;
      if (isOfVersion1) {
        answer(reply);
        return;
      }
      told = { share: gate.share(), quarantined: reply.quarantined ?? 0 };
      answer({ ...reply, flow: flowOf(told.share) });
    });
  });

  socket.on('events.push', (...message: unknown[]) => {
    const answer = acknowledgement(message);
    // Nobody would learn what became of it.
    if (answer === undefined) return;
    if (line.length() >= MAX_IN_FLIGHT) {
      answer(refuse('unavailable', 'Too many batches at once'));
      return;
    }
    const request = parsePush(message[0]);
    const tell = (reply: PushReply) => {
      if (!reply.ok) logger.warn({ terminalId, ...reply }, 'a batch was refused');
      answer(withNews(reply));
    };
    const refuseInTurn = (reply: PushReply) => {
      line.addWork(async () => {
        tell(reply);
      });
    };
    if (request === undefined) {
      refuseInTurn(refuse('malformed', DOES_NOT_FIT));
      return;
    }
    const isBehindPaused = pausedFrom !== undefined && request.from > pausedFrom;
    const admission: Admission = isBehindPaused
      ? { isIn: false, pauseMs: gate.pauseAgain(socket) }
      : gate.admit(socket, bytesOf(request));
    if (!admission.isIn) {
      const { pauseMs } = admission;
      pausedFrom = Math.min(pausedFrom ?? request.from, request.from);
      logger.debug({ terminalId, from: request.from, pauseMs }, 'a batch was sent away for a while');
      answer(sendAway(pauseMs));
      return;
    }
    pausedFrom = undefined;
    const checked = checkBatch(terminal, request);
    if ('ok' in checked) {
      admission.leave();
      refuseInTurn(checked);
      return;
    }
    line.addBatch({
      checked,
      answer: (reply) => {
        admission.leave();
        tell(reply);
      },
    });
  });

  // Questions that version 1 does not have are answered to nobody of it.
  if (isOfVersion1) return;

  /** One answer for each question, in the order of the line. */
  function onQuestion<Request, Reply>(
    message: readonly unknown[],
    schema: z.ZodType<Request>,
    unavailable: (message: string) => Reply,
    work: (request: Request) => Promise<Reply>,
  ): void {
    const answer = acknowledgement(message);
    if (answer === undefined) return;
    const request = schema.safeParse(message[0]);
    if (!request.success || line.length() >= MAX_IN_FLIGHT) {
      answer(unavailable(request.success ? TOO_MANY : DOES_NOT_FIT));
      return;
    }
    line.addWork(async () => {
      try {
        answer(await work(request.data));
      } catch (error) {
        onFailure(error);
        answer(unavailable('The server cannot read its database now'));
      }
    });
  }

  const notNow = (message: string) => ({ ok: false, code: 'unavailable', message }) as const;
  socket.on('events.pull', (...message: unknown[]) => {
    onQuestion(message, eventsPullRequestSchema, notNow, (request): Promise<EventsPullReply> => {
      return readOwnEvents(database, terminalId, request);
    });
  });
  socket.on('quarantine.list', (...message: unknown[]) => {
    onQuestion(message, quarantineListRequestSchema, notNow, (): Promise<QuarantineListReply> => {
      return readQuarantineOf(database, terminalId);
    });
  });
}

/** What is held in memory for it, about. */
function bytesOf({ events }: PushRequest): number {
  return events.reduce((sum, { payload, metadata }) => sum + payload.length + metadata.length, 0);
}
