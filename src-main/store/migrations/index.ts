import { initial } from './0001-initial.ts';
import { twoWaySync } from './0002-two-way-sync.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** In order, forward only. A released migration is never edited: add the next number. */
export const migrations: readonly Migration[] = [
  { version: 1, name: 'initial', sql: initial },
  { version: 2, name: 'two-way-sync', sql: twoWaySync },
];
