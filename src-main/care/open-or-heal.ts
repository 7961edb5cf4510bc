/** Opens a till, and heals it by itself where that is safe: a good backup is there, and a server that has the rest. */
import { StoreError } from '../store/store-errors.ts';
import { HealError } from './heal-error.ts';
import type { HealReport } from './heal-report.ts';
import { healStore } from './heal-store.ts';

export interface OpenOrHealOptions {
  readonly now: () => Date;
  /** Loudly: somebody must hear that a disk has failed. */
  readonly onHealed: (report: HealReport) => void;
}

/** @throws what `open` threw, with why the till could not heal itself, when it is not safe: nothing was changed then */
export async function openOrHeal<Opened>(
  folder: string,
  open: () => Opened,
  { now, onHealed }: OpenOrHealOptions,
): Promise<Opened> {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'store_corrupt') throw error;
    onHealed(await healed(folder, now(), error));
    return open();
  }
}

async function healed(folder: string, now: Date, damage: StoreError): Promise<HealReport> {
  try {
    return await healStore(folder, { now, from: 'newest', serverNeeded: true });
  } catch (error) {
    if (!(error instanceof HealError)) throw error;
    throw new StoreError(damage.code, `${damage.message} The till could not heal itself: ${error.message}`, {
      cause: damage,
    });
  }
}
