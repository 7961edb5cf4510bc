/** All that there is in one simulation: tills, the server, what carries their words, and time. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ModelServer } from '../model/server.ts';
import { LOCATION } from '../model/state.ts';
import { TillLedger } from '../till/ledger.ts';
import type { Sabotage } from '../till/sabotage.ts';
import { tillTemplate, tokenOf } from '../till/template.ts';
import { SimulatedTill, type TillCopy } from '../till/till.ts';
import { type Network, networkOf } from './network.ts';
import type { Plan } from './plan.ts';
import { type Settling, settling } from './settle.ts';
import { chance, splitRandom } from './split-random.ts';
import { type Trace, traceOf } from './trace.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';

/** True time at the beginning. */
const EPOCH = Date.parse('2026-11-23T12:00:00.000Z');

export interface WorldOptions {
  readonly plan: Plan;
  readonly keepTrace: boolean;
  readonly sabotage: Sabotage;
}

export class World {
  readonly plan: Plan;
  readonly time: VirtualTime = virtualTime();
  readonly trace: Trace;
  readonly network: Network;
  readonly server: ModelServer;
  readonly settling: Settling = settling();
  readonly tills: SimulatedTill[] = [];
  /** Tills that run on a copied data folder, by the one that they were copied from. */
  readonly copies = new Map<SimulatedTill, SimulatedTill>();
  /** The first of it ends the run. */
  readonly complaints: string[] = [];
  steps = 0;
  private readonly folder: string;
  private readonly sabotage: Sabotage;

  static async open(options: WorldOptions): Promise<World> {
    const world = new World(options);
    const { seed, tills } = options.plan;
    const random = splitRandom(seed, 'set up');
    for (let number = 1; number <= tills; number += 1) {
      const terminalId = `T${number}`;
      const { empty, opened } = await tillTemplate(terminalId);
      world.server.enrol(terminalId, LOCATION, tokenOf(terminalId));
      const begin = chance(random, 0.3) ? { image: empty, ledger: new TillLedger() } : opened;
      world.tills.push(world.addTill(terminalId, terminalId, begin));
    }
    return world;
  }

  private constructor({ plan, keepTrace, sabotage }: WorldOptions) {
    this.plan = plan;
    this.sabotage = sabotage;
    this.folder = mkdtempSync(path.join(tmpdir(), 'holdfast-simulation-'));
    this.trace = traceOf(this.time, keepTrace);
    this.network = networkOf(this.time, splitRandom(plan.seed, 'network'), this.trace);
    this.server = new ModelServer({
      time: this.time,
      random: splitRandom(plan.seed, 'server'),
      trace: this.trace,
      epoch: EPOCH,
      horizon: plan.horizon,
      slowness: plan.slowness,
      sabotage,
    });
  }

  readonly complain = (what: string): void => {
    this.trace.note('WRONG', what);
    this.complaints.push(what);
  };

  /** Somebody takes the data folder of a till to another PC, which starts with it. */
  addCopy(original: SimulatedTill, folder: TillCopy): SimulatedTill {
    const name = `${original.name}-copy${this.copies.size + 1}`;
    const copy = this.addTill(name, original.terminalId, folder);
    this.copies.set(copy, original);
    return copy;
  }

  /** Ids of all events that the server has. */
  eventsOnServer(): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const { events } of this.server.state.terminals.values())
      for (const { eventId } of events) ids.add(eventId);
    return ids;
  }

  /** One event of the simulated time and all that follows from it at once. False when nothing is left until then. */
  async step(until: number): Promise<boolean> {
    const work = this.time.next(until);
    if (!work) return false;
    this.steps += 1;
    work();
    await this.settling.settle();
    for (const till of this.everyTill()) if (till.hasDied) this.powerComesBack(till);
    return true;
  }

  everyTill(): readonly SimulatedTill[] {
    return [...this.tills, ...this.copies.keys()];
  }

  close(): void {
    for (const till of this.everyTill()) till.close();
    rmSync(this.folder, { recursive: true });
  }

  private powerComesBack(till: SimulatedTill): void {
    till.losePower();
    this.time.setTimer(() => till.boot(), 5_000);
  }

  private addTill(name: string, terminalId: string, { image, ledger }: TillCopy): SimulatedTill {
    const folder = path.join(this.folder, name);
    mkdirSync(folder);
    return new SimulatedTill({
      time: this.time,
      network: this.network,
      server: this.server,
      trace: this.trace,
      settling: this.settling,
      epoch: EPOCH,
      sabotage: this.sabotage,
      complain: this.complain,
      name,
      terminalId,
      image,
      folder,
      random: splitRandom(this.plan.seed, `till ${name}`),
      ledger: ledger.copy(),
    });
  }
}
