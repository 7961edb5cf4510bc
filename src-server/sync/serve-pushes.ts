/** `events.push` of one connected terminal: in at the door, checked, into the line, answered once with what is news to it. */
import { type HelloReply, MAX_WINDOW, type PushReply, type PushRequest } from '#sync/protocol/messages.ts';
import { readPushRequest } from '#sync/protocol/read-push-request.ts';
import { pushRequestV1Schema } from '#sync/protocol/version-1.ts';
import { checkBatch, refuse } from '../ingest/check-batch.ts';
import type { Logger } from '../logger.ts';
import type { TerminalSocket } from '../sockets/terminal-sockets.ts';
import type { AuthenticTerminal } from '../terminals/terminals.ts';
import { acknowledgement } from './acknowledgement.ts';
import { type Admission, type IngestGate, flowOf, sameShare } from './ingest-gate.ts';
import type { RequestLine } from './request-line.ts';

/** A well-behaved terminal has fewer in flight; beyond that it is told to come again, so memory stays bounded. */
export const MAX_IN_FLIGHT = MAX_WINDOW + 2;

export interface PushContext {
  readonly line: RequestLine;
  readonly gate: IngestGate;
  readonly logger: Logger;
  readonly isOfVersion1: boolean;
}

export interface Pushes {
  /** The answer to a hello that was welcome, with what the server can take; pushes begin anew behind it. */
  greet(welcome: HelloReply): HelloReply;
}

export function servePushes(
  { line, gate, logger, isOfVersion1 }: PushContext,
  socket: TerminalSocket,
  terminal: AuthenticTerminal,
): Pushes {
  const { terminalId } = terminal;
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

  function knock(request: PushRequest): Admission {
    const isBehindPaused = pausedFrom !== undefined && request.from > pausedFrom;
    const admission: Admission = isBehindPaused
      ? { isIn: false, pauseMs: gate.pauseAgain(socket) }
      : gate.admit(socket, bytesOf(request));
    pausedFrom = admission.isIn ? undefined : Math.min(pausedFrom ?? request.from, request.from);
    return admission;
  }

  function tell(answer: (reply: PushReply) => void, reply: PushReply): void {
    if (!reply.ok) logger.warn({ terminalId, ...reply }, 'a batch was refused');
    answer(withNews(reply));
  }

  socket.on('events.push', (...message: unknown[]) => {
    const answer = acknowledgement(message);
    // Nobody would learn what became of it.
    if (answer === undefined) return;
    if (line.length() >= MAX_IN_FLIGHT) {
      answer(refuse('unavailable', 'Too many batches at once'));
      return;
    }
    const refuseInTurn = (reply: PushReply) => {
      line.addWork(async () => tell(answer, reply));
    };
    const request = parsePush(message[0]);
    if (request === undefined) {
      refuseInTurn(refuse('malformed', 'The message does not fit the protocol'));
      return;
    }
    const admission = knock(request);
    if (!admission.isIn) {
      const { pauseMs } = admission;
      logger.debug({ terminalId, from: request.from, pauseMs }, 'a batch was sent away for a while');
      answer(sendAway(pauseMs));
      return;
    }
    line.addBatch({
      check: () => checkBatch(terminal, request),
      answer(reply) {
        admission.leave();
        tell(answer, reply);
      },
    });
  });

  return {
    greet(welcome) {
      pausedFrom = undefined;
      if (!welcome.ok || isOfVersion1) return welcome;
      told = { share: gate.share(), quarantined: welcome.quarantined ?? 0 };
      return { ...welcome, flow: flowOf(told.share) };
    },
  };
}

/** What is held in memory for it, about. */
function bytesOf({ events }: PushRequest): number {
  return events.reduce((sum, { payload, metadata }) => sum + payload.length + metadata.length, 0);
}
