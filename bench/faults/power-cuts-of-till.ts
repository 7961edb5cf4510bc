/** Power cuts one after the other on one till, whose store goes on with what each of them has left. */
import { removeTillTemplate, testTillFolder } from '#main/test-support/test-till.ts';
import { type Random } from '../random.ts';
import { cutTillPower } from './cut-till-power.ts';
import { compileLayer } from './unsynced-layer.ts';

export interface TillPowerCuts {
  readonly rounds: number;
  readonly sales: number;
  readonly unsynced: number;
  readonly lost: number;
  readonly flaws: readonly string[];
}

export interface TillPowerCutOptions {
  readonly rounds: number;
  readonly synchronous: 'FULL' | 'NORMAL';
  readonly random: Random;
  readonly onRound?: (round: number, sales: number) => void;
}

/** Nobody listens there: receipts are queued, as in a shop whose printer is off. */
const PRINTER_THAT_IS_OFF = { host: '127.0.0.1', port: 9, model: 'generic-80mm' };

export async function powerCutsOfTill(options: TillPowerCutOptions): Promise<TillPowerCuts> {
  const { rounds, synchronous, random, onRound = () => undefined } = options;
  const { folder, temporary } = await testTillFolder({ printer: PRINTER_THAT_IS_OFF });
  const acknowledged = new Map<string, number>();
  let [sales, unsynced, lost] = [0, 0, 0];
  const flaws = new Set<string>();
  try {
    const library = compileLayer(temporary.path);
    for (let round = 1; round <= rounds; round += 1) {
      const cut = await cutTillPower({ folder, library, synchronous, random, acknowledged });
      sales += cut.sales;
      unsynced += cut.unsynced;
      lost = Math.max(lost, cut.lost);
      for (const flaw of cut.flaws) flaws.add(`round ${round}: ${flaw}`);
      onRound(round, sales);
    }
  } finally {
    temporary.remove();
    await removeTillTemplate();
  }
  return { rounds, sales, unsynced, lost, flaws: [...flaws] };
}
