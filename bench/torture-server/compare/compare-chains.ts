/** The log of each till as it wrote it, against what the servers have: the same hash at the same number is the same history. */
import { z } from 'zod';
import { read } from '../heal.ts';
import type { Ledger } from '../ledger.ts';
import type { Staff } from '../staff.ts';
import type { Stores } from '../stores.ts';
import type { Verdict } from '../verdict.ts';

const terminalsSchema = z.object({
  terminals: z.array(z.object({ terminal_id: z.string(), head_seq: z.int(), head_hash: z.string() })),
});
const chainSchema = z.object({ whole: z.boolean(), events: z.int() });

/** @returns how many events there are in all chains, those of the servers too */
export async function compareChains(
  stores: Stores,
  { tills }: Staff,
  ledger: Ledger,
  verdict: Verdict,
): Promise<number> {
  verdict.add('lost', 'events that a server had acknowledged', ledger.forgottenEvents);
  const { terminals } = terminalsSchema.parse(await read(stores, 0, '/api/terminals'));
  const heads = new Map(terminals.map((terminal) => [terminal.terminal_id, terminal]));
  for (const till of tills) {
    const own = till.head();
    const head = heads.get(till.terminalId);
    const has = head?.head_seq ?? 0;
    verdict.add('lost', `events of ${till.terminalId}`, Math.max(0, own.seq - has));
    verdict.add('duplicated', `events of ${till.terminalId}`, Math.max(0, has - own.seq));
    if (has === own.seq && head?.head_hash !== own.hash)
      verdict.add('chain_breaks', `the servers have another history of ${till.terminalId}`);
  }
  let events = 0;
  for (const [index, terminal] of terminals.entries()) {
    const { terminal_id: id, head_seq: head } = terminal;
    const chain = chainSchema.parse(
      await read(stores, index % stores.urls.length, `/api/terminals/${id}/verify-chain`),
    );
    if (!chain.whole || chain.events !== head)
      verdict.add('chain_breaks', `the chain of ${id}: ${JSON.stringify(chain)}`);
    events += chain.events;
  }
  return events;
}
