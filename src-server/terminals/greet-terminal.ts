/** What a terminal is told when it comes: where it stands, or that its history is not ours. */
import { z } from 'zod';
import {
  type ChainPoint,
  type HelloRequest,
  OLDEST_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
} from '#sync/protocol/messages.ts';
import type { Database, Queryable } from '../database/database.ts';
import { QUARANTINED_OF_T } from '../quarantine/terminal-quarantine.ts';
import { readHashes } from './chain-hashes.ts';
import { judgeChain } from './chain-verdict.ts';
import { noteClock } from './clock-periods.ts';
import { type ForkKind, type RecordedFork, recordFork } from './forks.ts';
import type { AuthenticTerminal } from './terminals.ts';

export type Greeting =
  | {
      readonly kind: 'welcome';
      readonly head: ChainPoint;
      readonly quarantined: number;
      /** undefined: it did not say what its clock shows */
      readonly skewMs: number | undefined;
    }
  | {
      readonly kind: ForkKind;
      readonly seq: number;
      /** Ours. */
      readonly head: ChainPoint;
      /** The first time only. */
      readonly news: RecordedFork | undefined;
    }
  /** Its token became void since it connected. */
  | { readonly kind: 'void' };

/** @param said undefined from a terminal of protocol 1, which says nothing of itself */
export async function greetTerminal(
  database: Database,
  terminal: AuthenticTerminal,
  said: HelloRequest | undefined,
  now: Date,
): Promise<Greeting> {
  const found = await readHead(database, terminal);
  if (found === undefined) return { kind: 'void' };
  const { head, quarantined } = found;
  if (said !== undefined) {
    const known = await readHashes(database, terminal.terminalId, [said.acked.seq, said.head.seq]);
    const verdict = judgeChain(said, head, (seq) => known.get(seq));
    if (verdict.kind !== 'continues') {
      const news = await recordFork(database, { ...terminal, ...verdict }, now);
      return { kind: verdict.kind, seq: verdict.seq, head, news };
    }
  }
  const skewMs = said === undefined ? undefined : Date.parse(said.clock) - now.getTime();
  await database.transaction(async (tx) => {
    await tx.execute(
      `UPDATE terminals SET last_seen_at = $2, protocol = $3, skew_ms = COALESCE($4, skew_ms),
                            skew_at = CASE WHEN $4::bigint IS NULL THEN skew_at ELSE $2 END
       WHERE terminal_id = $1`,
      [
        terminal.terminalId,
        now.toISOString(),
        said === undefined ? OLDEST_PROTOCOL_VERSION : PROTOCOL_VERSION,
        skewMs ?? null,
      ],
    );
    if (said !== undefined && skewMs !== undefined) {
      await noteClock(tx, terminal.terminalId, { head: said.head.seq, skewMs, now });
    }
  });
  return { kind: 'welcome', head, quarantined, skewMs };
}

const headRow = z.object({ head_seq: z.int(), head_hash: z.string(), quarantined: z.int() });

async function readHead(
  queryable: Queryable,
  { terminalId, epoch }: AuthenticTerminal,
): Promise<{ readonly head: ChainPoint; readonly quarantined: number } | undefined> {
  const [row] = await queryable.query(
    headRow,
    `SELECT head_seq, head_hash, ${QUARANTINED_OF_T} AS quarantined
     FROM terminals t WHERE terminal_id = $1 AND epoch = $2 AND revoked_at IS NULL`,
    [terminalId, epoch],
  );
  return row && { head: { seq: row.head_seq, hash: row.head_hash }, quarantined: row.quarantined };
}
