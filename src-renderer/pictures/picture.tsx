import type { ReactNode } from 'react';
import {
  bottleBeer,
  bottleClear,
  bottleRose,
  bottleSpirits,
  bottleWhite,
  bottleWine,
  soda,
  water,
} from './bottles.tsx';
import { bag, box, can, candy, cup, ice, lighter, lime, sixPack, snack, tobacco } from './packs.tsx';

const DRAWINGS: ReadonlyMap<string, ReactNode> = new Map([
  ['bottle-wine', bottleWine],
  ['bottle-white', bottleWhite],
  ['bottle-rose', bottleRose],
  ['bottle-spirits', bottleSpirits],
  ['bottle-clear', bottleClear],
  ['bottle-beer', bottleBeer],
  ['can', can],
  ['six-pack', sixPack],
  ['soda', soda],
  ['water', water],
  ['snack', snack],
  ['candy', candy],
  ['tobacco', tobacco],
  ['ice', ice],
  ['bag', bag],
  ['lighter', lighter],
  ['cup', cup],
  ['lime', lime],
  ['box', box],
]);

/** The drawing of an item; a plain box when there is none of that name. */
export function Picture({ name, className }: { readonly name: string; readonly className: string }) {
  return (
    <svg viewBox="0 0 48 48" aria-hidden="true" data-picture={name} className={className}>
      {DRAWINGS.get(name) ?? box}
    </svg>
  );
}
