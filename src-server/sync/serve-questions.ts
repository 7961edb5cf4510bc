/** What a terminal asks about its own events: to have them back, and which of them cannot be used. Answered in its line's order. */
import type { z } from 'zod';
import {
  type EventsPullReply,
  type QuarantineListReply,
  eventsPullRequestSchema,
  quarantineListRequestSchema,
} from '#sync/protocol/messages.ts';
import type { Database } from '../database/database.ts';
import { readQuarantineOf } from '../quarantine/terminal-quarantine.ts';
import type { TerminalSocket } from '../sockets/terminal-sockets.ts';
import type { AuthenticTerminal } from '../terminals/terminals.ts';
import { acknowledgement } from './acknowledgement.ts';
import { readOwnEvents } from './own-events.ts';
import type { RequestLine } from './request-line.ts';
import { MAX_IN_FLIGHT } from './serve-pushes.ts';

export interface QuestionContext {
  readonly database: Database;
  readonly line: RequestLine;
  readonly onFailure: (error: unknown) => void;
}

export function serveQuestions(
  { database, line, onFailure }: QuestionContext,
  socket: TerminalSocket,
  { terminalId }: AuthenticTerminal,
): void {
  function onQuestion<Request, Reply>(
    message: readonly unknown[],
    schema: z.ZodType<Request>,
    unavailable: (message: string) => Reply,
    work: (request: Request) => Promise<Reply>,
  ): void {
    const answer = acknowledgement(message);
    if (answer === undefined) return;
    const request = schema.safeParse(message[0]);
    if (!request.success) {
      answer(unavailable('The message does not fit the protocol'));
      return;
    }
    if (line.length() >= MAX_IN_FLIGHT) {
      answer(unavailable('Too many requests at once'));
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
    onQuestion(message, eventsPullRequestSchema, notNow, (request): Promise<EventsPullReply> =>
      readOwnEvents(database, terminalId, request),
    );
  });
  socket.on('quarantine.list', (...message: unknown[]) => {
    onQuestion(message, quarantineListRequestSchema, notNow, (): Promise<QuarantineListReply> =>
      readQuarantineOf(database, terminalId),
    );
  });
}
