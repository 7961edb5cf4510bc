import { splitRandom } from '../world/split-random.ts';
import { openShop } from './head-office.ts';
import { type ModelState, copyOf, emptyState, newRow } from './state.ts';

let opened: ModelState | undefined;

/** What each server begins with. The same for every seed, so that a till can have it on its disk from the beginning. */
export function openedShop(): ModelState {
  opened ??= openNow();
  return copyOf(opened);
}

function openNow(): ModelState {
  const state = emptyState();
  const random = splitRandom(0, 'opening');
  openShop(state, (touched) => void state.rows.push(newRow(touched, random)), random);
  return state;
}
