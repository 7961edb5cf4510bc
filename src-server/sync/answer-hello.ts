/** The answer to `sync.hello`, in the words of the protocol that the terminal speaks. */
import { z } from 'zod';
import { type HelloReply, type HelloRequest, helloRequestSchema } from '#sync/protocol/messages.ts';
import { helloRequestV1Schema } from '#sync/protocol/version-1.ts';
import type { Database } from '../database/database.ts';
import type { Logger } from '../logger.ts';
import { type Greeting, greetTerminal } from '../terminals/greet-terminal.ts';
import type { AuthenticTerminal } from '../terminals/terminals.ts';
import { logFork } from './log-fork.ts';

export interface HelloContext {
  readonly database: Database;
  readonly logger: Logger;
  readonly terminal: AuthenticTerminal;
  readonly isOfVersion1: boolean;
  readonly onFailure: (error: unknown) => void;
}

/** Text that a hash can be: what comes from outside goes into a table. */
const aHash = z.string().regex(/^[0-9a-f]{64}$/);

/** All but `flow`, which is the connection's to say. Never rejects. `isVoid`: the connection is to be ended. */
export async function answerHello(
  context: HelloContext,
  message: unknown,
): Promise<{ readonly reply: HelloReply; readonly isVoid: boolean }> {
  const { database, logger, terminal, isOfVersion1, onFailure } = context;
  const said = isOfVersion1 ? parseVersion1(message) : parseVersion2(message);
  if (said === 'malformed') return unavailable('The message does not fit the protocol');
  try {
    const now = new Date();
    const greeting = await greetTerminal(database, terminal, said, now);
    if (greeting.kind === 'void') return { ...unavailable('The token is no longer valid'), isVoid: true };
    if (greeting.kind !== 'welcome' && greeting.news !== undefined) logFork(logger, greeting.news);
    return { reply: replyOf(greeting, terminal, now), isVoid: false };
  } catch (error) {
    onFailure(error);
    return unavailable('The server cannot read its database now');
  }
}

function parseVersion1(message: unknown): undefined | 'malformed' {
  return helloRequestV1Schema.safeParse(message).success ? undefined : 'malformed';
}

function parseVersion2(message: unknown): HelloRequest | 'malformed' {
  const parsed = helloRequestSchema.safeParse(message);
  if (!parsed.success) return 'malformed';
  const { head, acked } = parsed.data;
  return aHash.safeParse(head.hash).success && aHash.safeParse(acked.hash).success
    ? parsed.data
    : 'malformed';
}

function unavailable(message: string): { readonly reply: HelloReply; readonly isVoid: false } {
  return { reply: { ok: false, code: 'unavailable', message }, isVoid: false };
}

function replyOf(
  greeting: Exclude<Greeting, { kind: 'void' }>,
  { terminalId }: AuthenticTerminal,
  now: Date,
): HelloReply {
  switch (greeting.kind) {
    case 'forked':
      return {
        ok: false,
        code: 'forked',
        message:
          `The server has another event ${greeting.seq} of ${terminalId} than this PC: its data was copied, or two PCs are ` +
          `${terminalId}. Nothing is merged. Enrol this PC anew under an id of its own.`,
      };
    case 'behind':
      return {
        ok: false,
        code: 'behind',
        message:
          `The server has ${terminalId} through event ${greeting.head.seq}, this PC ends at ${greeting.seq}: it is an old copy ` +
          'of its data. Nothing is merged. Enrol this PC anew, or restore its data as it was last.',
      };
    case 'welcome': {
      const { head, quarantined, skewMs } = greeting;
      const known = {
        ok: true as const,
        ackedThrough: head.seq,
        headHash: head.hash,
        serverTime: now.toISOString(),
      };
      return skewMs === undefined ? known : { ...known, clockSkewMs: skewMs, quarantined };
    }
  }
}
