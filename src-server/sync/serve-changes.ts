/** The way down of one connected terminal: `changes.pull` and `snapshot.prepare`, answered once each. */
import {
  type ChangesPullReply,
  type SnapshotPrepareReply,
  changesPullRequestSchema,
  snapshotPrepareRequestSchema,
} from '#sync/protocol/changes.ts';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { readChanges } from '../changes/read-changes.ts';
import type { Logger } from '../logger.ts';
import type { SnapshotMaker } from '../snapshots/snapshot-maker.ts';
import type { TerminalSocket } from '../sockets/terminal-sockets.ts';
import type { AuthenticTerminal } from '../terminals/terminals.ts';

/** A well-behaved terminal has one; beyond that it is told to come again, so what waits for the database stays bounded. */
const MAX_IN_FLIGHT = 4;

export interface ChangesContext {
  readonly database: Database;
  readonly snapshots: SnapshotMaker;
  /** Lets so many terminals of this process read at a time, that those who send events still get a connection. */
  readonly inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>;
  readonly logger: Logger;
  /** Work that a closing server waits for. */
  readonly track: (work: Promise<unknown>) => void;
}

/** A cursor of any form is the terminal's: what it cannot be is answered with `snapshot_needed`, or it would ask for ever. */
const pullSchema = changesPullRequestSchema.extend({ after: z.string().nullable() });

export function serveChanges(
  { database, snapshots, inTurn, logger, track }: ChangesContext,
  socket: TerminalSocket,
  terminal: AuthenticTerminal,
): void {
  const { terminalId, locationId } = terminal;
  let inFlight = 0;

  /** Runs it, unless too many are under way; what fails is answered as `unavailable`. */
  function answer<Reply>(
    message: readonly unknown[],
    work: (request: unknown) => Promise<Reply>,
    unavailable: (message: string) => Reply,
  ): void {
    const tell = message.at(-1);
    // Nobody would learn what became of it.
    if (message.length > 2 || !isCallback(tell)) return;
    if (inFlight >= MAX_IN_FLIGHT) {
      tell(unavailable('Too many requests at once'));
      return;
    }
    inFlight += 1;
    const run = async (): Promise<void> => {
      try {
        tell(await work(message[0]));
      } catch (error) {
        logger.error({ err: error, terminalId }, 'a terminal did not get what it asked for');
        tell(unavailable('The server cannot do it now'));
      } finally {
        inFlight -= 1;
      }
    };
    track(run());
  }

  const noPage = (message: string): ChangesPullReply => ({ ok: false, code: 'unavailable', message });
  socket.on('changes.pull', (...message: unknown[]) => {
    answer(
      message,
      async (request) => {
        const question = pullSchema.safeParse(request);
        if (!question.success) return noPage('The message does not fit the protocol');
        return inTurn(() => readChanges(database, { ...question.data, terminal }, logger));
      },
      noPage,
    );
  });

  const noSnapshot = (message: string): SnapshotPrepareReply => ({
    ok: false,
    code: 'unavailable',
    message,
  });
  socket.on('snapshot.prepare', (...message: unknown[]) => {
    answer(
      message,
      async (request) => {
        if (!snapshotPrepareRequestSchema.safeParse(request).success) {
          return noSnapshot('The message does not fit the protocol');
        }
        return { ok: true, ...(await snapshots.prepare(locationId)) };
      },
      noSnapshot,
    );
  });
}

function isCallback(value: unknown): value is (reply: unknown) => void {
  return typeof value === 'function';
}
