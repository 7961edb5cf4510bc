/** What goes wrong, each kind by itself and with chances of its own, until the trouble is over. */
import type { RefusedConnection } from '#sync/protocol/messages.ts';
import { type Random, between, pick } from '../../random.ts';
import { type ModelState, headOf } from '../model/state.ts';
import type { SimulatedTill, TillCopy } from '../till/till.ts';
import { startCounter } from './daily-work.ts';
import { FAIR } from './network.ts';
import type { Trouble } from './plan.ts';
import { chance, exponential, splitRandom } from './split-random.ts';
import type { World } from './world.ts';

const SECOND = 1_000;
const YEAR = 365 * 86_400 * SECOND;
/** A new disk is not built in while packets of the old one are still on their way. */
const REPAIR_MS = 120 * SECOND;

interface Kind {
  /** Milliseconds between two of them, on average. */
  readonly every: number;
  readonly strike: (world: World, random: Random, memory: Memory) => void;
}

/** What was copied and may be put back. */
interface Memory {
  readonly backups: ModelState[];
  readonly disks: Map<SimulatedTill, TillCopy>;
  readonly goesOn: () => boolean;
}

const KINDS: Readonly<Record<Trouble, Kind>> = {
  'bad weather': { every: 30 * SECOND, strike: badWeather },
  'cut off': { every: 40 * SECOND, strike: cutOff },
  'line breaks': {
    every: 20 * SECOND,
    strike: (world, random) => world.server.cut(anyTill(world, random).terminalId),
  },
  'server dies': { every: 60 * SECOND, strike: serverDies },
  'server put back': { every: 50 * SECOND, strike: serverPutBack },
  'till dies': { every: 30 * SECOND, strike: tillDies },
  'till restarts': { every: 40 * SECOND, strike: tillRestarts },
  'clock jumps': { every: 60 * SECOND, strike: clockJumps },
  'server directs': { every: 30 * SECOND, strike: serverDirects },
  'server pauses': {
    every: 30 * SECOND,
    strike: ({ server }, random) => {
      server.pausesLeft = between(random, 1, 5);
    },
  },
  'shut out': { every: 90 * SECOND, strike: shutOut },
  'till put back': { every: 50 * SECOND, strike: tillPutBack },
  'copied folder': { every: 60 * SECOND, strike: copiedFolder },
  'unstorable event': {
    every: 25 * SECOND,
    strike: (world, random) => anyTill(world, random).writeUnstorable(),
  },
};

/** @param goesOn false once it is over */
export function startTroubles(world: World, goesOn: () => boolean): void {
  const memory: Memory = { backups: [], disks: new Map(), goesOn };
  for (const trouble of world.plan.troubles) {
    const random = splitRandom(world.plan.seed, trouble);
    const { every, strike } = KINDS[trouble];
    const next = (): void => {
      world.time.setTimer(
        () => {
          if (!goesOn()) return;
          strike(world, random, memory);
          next();
        },
        exponential(random, every),
      );
    };
    next();
  }
}

/** Everything works again. What is being repaired will be, in its time. */
export function endTroubles(world: World): void {
  const { server, network } = world;
  world.trace.note('world', 'all is well again');
  server.flow = null;
  server.pausesLeft = 0;
  server.shutOut.clear();
  if (!server.up) server.start();
  for (const till of world.everyTill()) {
    network.setWeather(till.name, FAIR);
    till.diesIn = null;
    till.boot();
  }
}

function anyTill(world: World, random: Random): SimulatedTill {
  return pick(random, world.tills);
}

function badWeather(world: World, random: Random): void {
  const till = anyTill(world, random);
  weather(world, till, between(random, 10, 60) * SECOND, {
    cutOff: false,
    loss: random() * 0.2,
    doubling: random() * 0.2,
    overtaking: random() * 0.5,
    slowest: between(random, 50, 3_000),
  });
}

function cutOff(world: World, random: Random): void {
  const till = anyTill(world, random);
  weather(world, till, between(random, 1, 90) * SECOND, { ...FAIR, cutOff: true });
}

function weather(world: World, till: SimulatedTill, lasts: number, what: typeof FAIR): void {
  const { network, trace, time } = world;
  trace.note(till.name, what.cutOff ? 'is cut off' : `is in bad weather, up to ${what.slowest} ms`);
  network.setWeather(till.name, what);
  time.setTimer(() => {
    if (network.weatherOf(till.name) === what) network.setWeather(till.name, FAIR);
  }, lasts);
}

function serverDies(world: World, random: Random): void {
  if (!world.server.up) return;
  world.server.crash();
  world.time.setTimer(
    () => {
      if (!world.server.up) world.server.start();
    },
    between(random, 1, 60) * SECOND,
  );
}

function serverPutBack(world: World, random: Random, { backups }: Memory): void {
  const { server, tills } = world;
  if (backups.length === 0 || chance(random, 0.5)) {
    backups.push(server.backup());
    if (backups.length > 3) backups.shift();
    return;
  }
  if (!server.up) return;
  const place = between(random, 0, backups.length - 1);
  const backup = backups[place];
  if (!backup) return;
  // Those that were made later are of a history that is given up with this. Nobody puts one of them in place later:
  // tills that were put back meanwhile would have other events under the same numbers.
  backups.length = place + 1;
  serverDies(world, random);
  server.restore(backup);
  const onServer = world.eventsOnServer();
  for (const till of tills)
    if (!till.hasDied && till.isRecovering())
      till.ledger.keepOnly(new Set([...till.eventIds(), ...onServer]));
}

function tillDies(world: World, random: Random): void {
  const till = anyTill(world, random);
  if (!till.runs) return;
  if (chance(random, 0.7)) {
    till.diesIn = between(random, 1, 12);
    return;
  }
  till.losePower();
  world.time.setTimer(() => till.boot(), between(random, 1, 30) * SECOND);
}

function tillRestarts(world: World, random: Random): void {
  const till = anyTill(world, random);
  till.stop();
  world.time.setTimer(() => till.boot(), between(random, 0, 20) * SECOND);
}

function clockJumps(world: World, random: Random): void {
  const till = anyTill(world, random);
  const far = chance(random, 0.5) ? YEAR : 7_200 * SECOND;
  till.clockOffset = Math.floor((random() * 2 - 1) * far);
  world.trace.note(till.name, `clock is off by ${till.clockOffset} ms`);
}

function serverDirects(world: World, random: Random): void {
  const { server, time } = world;
  const flow = {
    maxEvents: between(random, 1, 40),
    maxBytes: between(random, 1, 20) * 1_000,
    window: between(random, 1, 5),
    pauseMs: chance(random, 0.2) ? between(random, 100, 5_000) : 0,
  };
  server.flow = flow;
  time.setTimer(
    () => {
      if (server.flow === flow) server.flow = null;
    },
    between(random, 5, 40) * SECOND,
  );
}

function shutOut(world: World, random: Random): void {
  const { server, time, trace } = world;
  const { terminalId } = anyTill(world, random);
  const code = pick<RefusedConnection['code']>(random, [
    'unauthorized',
    'protocol_unsupported',
    'unavailable',
  ]);
  trace.note('server', `shuts ${terminalId} out: ${code}`);
  server.shutOut.set(terminalId, { code, message: 'Not now.' });
  server.cut(terminalId);
  time.setTimer(() => server.shutOut.delete(terminalId), between(random, 5, 60) * SECOND);
}

function tillPutBack(world: World, random: Random, { disks }: Memory): void {
  const till = anyTill(world, random);
  if (till.inRepair || till.hasDied) return;
  const copy = disks.get(till);
  if (!copy || chance(random, 0.5)) {
    world.trace.note(till.name, 'its disk is copied');
    disks.set(till, till.copy());
    return;
  }
  till.stop();
  till.inRepair = true;
  world.time.setTimer(() => {
    till.putBack(copy, world.eventsOnServer());
    till.inRepair = false;
    till.boot();
  }, REPAIR_MS);
}

function copiedFolder(world: World, random: Random, { goesOn }: Memory): void {
  const till = anyTill(world, random);
  if (!till.runs || till.hasDied || world.copies.size >= 2) return;
  const copy = till.copy();
  const [{ seq } = { seq: 0 }] = till.disk.look<{ readonly seq: number }>(
    'SELECT seq FROM event_log ORDER BY seq DESC LIMIT 1',
  );
  world.trace.note(till.name, 'its folder is copied');
  world.time.setTimer(
    () => {
      // Before the original has sent something new, nobody can tell which of the two is the copy.
      const terminal = world.server.state.terminals.get(till.terminalId);
      if (!terminal || headOf(terminal).seq <= seq || !goesOn()) return;
      const other = world.addCopy(till, copy);
      other.boot();
      startCounter(world, other, goesOn);
    },
    between(random, 10, 60) * SECOND,
  );
}
