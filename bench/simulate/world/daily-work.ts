/** What goes on in the shops and in the office while all the trouble happens. */
import { between, pick } from '../../random.ts';
import { ALL_EDITS } from '../model/head-office.ts';
import type { SimulatedTill } from '../till/till.ts';
import { chance, exponential, splitRandom } from './split-random.ts';
import type { World } from './world.ts';

/** @param goesOn false once the shops close */
export function startDailyWork(world: World, goesOn: () => boolean): void {
  const { plan, time, server } = world;
  for (const till of world.tills) startCounter(world, till, goesOn);
  const office = splitRandom(plan.seed, 'office');
  const nextEdit = (): void => {
    time.setTimer(
      () => {
        if (!goesOn()) return;
        // Nobody changes anything on a server that does not run.
        if (server.up) server.edit(pick(office, ALL_EDITS), office);
        nextEdit();
      },
      exponential(office, plan.editEveryMs),
    );
  };
  nextEdit();
}

/** Also of a copied data folder: whoever uses it sells with it. */
export function startCounter(world: World, till: SimulatedTill, goesOn: () => boolean): void {
  const random = splitRandom(world.plan.seed, `counter ${till.name}`);
  const next = (): void => {
    world.time.setTimer(
      () => {
        if (!goesOn()) return;
        // A rush now and then: more at once than one batch of a careful server.
        const customers = chance(random, 0.05) ? between(random, 3, 10) : 1;
        for (let customer = 0; customer < customers; customer += 1) {
          if (chance(random, 0.85)) till.sell();
          else till.count();
        }
        next();
      },
      exponential(random, world.plan.saleEveryMs),
    );
  };
  next();
}
