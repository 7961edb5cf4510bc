/** What must hold at any moment, whatever has just happened. Looks at a till when it has committed, and at the server when its log has grown. */
import type { RefusalCode } from '#sync/engine-status.ts';
import { hashAt, headOf } from '../model/state.ts';
import type { SimulatedTill } from '../till/till.ts';
import type { World } from '../world/world.ts';

/** Refusals that a terminal may meet without anybody being at fault. */
const PASSING: ReadonlySet<RefusalCode> = new Set(['unauthorized', 'protocol_unsupported']);

export class EachStep {
  private readonly world: World;
  /** How far the server ever was, by terminal: a cursor beyond it was guessed. */
  private readonly furthest = new Map<string, number>();
  private rows = -1;

  constructor(world: World) {
    this.world = world;
  }

  check(): void {
    const { server, tills, copies } = this.world;
    const serverMoved = server.state.rows.length !== this.rows;
    this.rows = server.state.rows.length;
    if (serverMoved) this.noteHeads();
    for (const till of tills) {
      this.checkRefusal(till);
      if (!till.changed && !serverMoved) continue;
      // Died in this very step; it is looked at when its power is back.
      if (till.hasDied) continue;
      if (till.changed) this.checkCommitted(till);
      this.checkChain(till);
      till.changed = false;
    }
    for (const copy of copies.keys()) this.checkCopy(copy);
  }

  private noteHeads(): void {
    for (const terminal of this.world.server.state.terminals.values()) {
      const { terminalId } = terminal;
      this.furthest.set(terminalId, Math.max(this.furthest.get(terminalId) ?? 0, headOf(terminal).seq));
    }
  }

  private checkRefusal(till: SimulatedTill): void {
    const refusal = till.status?.up.refusal ?? null;
    if (refusal !== null && !PASSING.has(refusal) && !this.hasCopy(till))
      this.complain(till, `is refused (${refusal}) without a reason: ${till.status?.up.problem ?? ''}`);
  }

  private hasCopy(till: SimulatedTill): boolean {
    return [...this.world.copies.values()].includes(till);
  }

  private checkCommitted(till: SimulatedTill): void {
    const [{ acked } = { acked: 0 }] = till.disk.look<{ readonly acked: number }>(
      'SELECT acked_through AS acked FROM sync_cursor',
    );
    const furthest = this.furthest.get(till.terminalId) ?? 0;
    if (acked > furthest)
      this.complain(
        till,
        `holds event ${acked} for acknowledged; the server never had more than ${furthest}`,
      );
    for (const wrong of till.ledger.wrongStock(till.disk)) this.complain(till, wrong);
  }

  /** What the server has of a till is the beginning of the till's own history. */
  private checkChain(till: SimulatedTill): void {
    const terminal = this.world.server.state.terminals.get(till.terminalId);
    if (!terminal || till.inRepair) return;
    const { seq } = headOf(terminal);
    const [own] = till.disk.look<{ readonly hash: string }>('SELECT hash FROM event_log WHERE seq = ?', seq);
    if (seq === 0 || (own === undefined && till.isRecovering())) return;
    if (own?.hash !== hashAt(terminal, seq)) this.complain(till, `event ${seq} of the server is not its own`);
  }

  private checkCopy(copy: SimulatedTill): void {
    const state = copy.status?.up.state;
    if (state === 'live' || state === 'catching_up' || state === 'recovering')
      this.complain(copy, `a copied data folder is let in (${state})`);
  }

  private complain(till: SimulatedTill, what: string): void {
    this.world.complain(`${till.name}: ${what}`);
  }
}
