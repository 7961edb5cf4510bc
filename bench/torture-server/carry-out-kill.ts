/** One kill, the time without, and the way back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '#box/child-service.ts';
import { type Random, between } from '../random.ts';
import type { Bell } from './bell.ts';
import type { Kill } from './plan-kills.ts';
import type { Staff } from './staff.ts';
import type { Stores } from './stores.ts';

export interface KillOptions {
  readonly stores: Stores;
  readonly staff: Staff;
  readonly random: Random;
  /** The kill falls somewhere in this time. */
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

const LONGEST_AWAY_MS = 1_000;
const START_ATTEMPTS = 10;
const START_PAUSE_MS = 1_000;
/** Nobody is told anything when nobody sends. */
const LONGEST_WAIT_FOR_BELL_MS = 3_000;

/** Resolves when all is up again. */
export async function carryOutKill(kill: Kill, options: KillOptions): Promise<void> {
  const { stores, staff, random, withinMs, signal } = options;
  const victims = victimsOf(kill, stores);
  const delay = between(random, 0, withinMs);
  const away = between(random, 0, LONGEST_AWAY_MS);
  const bell = bellOf(kill, staff, random);
  await sleep(delay, undefined, { signal });
  if (bell === undefined) await victims.kill();
  else await atNextRing(bell, victims.servers, () => victims.kill());
  await sleep(away, undefined, { signal });
  await victims.revive();
}

/** A third of the kills at any moment, a third behind an acknowledgement, a third while the subscribers are at work. */
function bellOf(kill: Kill, { acknowledged, told }: Staff, random: Random): Bell | undefined {
  const third = random() * 3;
  if (kill === 'postgres_after_acknowledgement' || third < 1) return acknowledged;
  return third < 2 ? told : undefined;
}

interface Victims {
  /** From whom the bell has to ring: indexes. */
  readonly servers: readonly number[];
  /** The signal is sent before the first await. */
  kill(): Promise<void>;
  revive(): Promise<void>;
}

function victimsOf(kill: Kill, { servers, redis, postgres }: Stores): Victims {
  const these = (...indexes: readonly number[]): Victims => {
    const victims = servers.filter((_, index) => indexes.includes(index));
    return {
      servers: indexes,
      kill: async () => void (await Promise.all(victims.map((server) => server.kill()))),
      revive: async () => void (await Promise.all(victims.map((server) => startAgain(() => server.start())))),
    };
  };
  const all = [...servers.keys()];
  const postgresDies = { kill: () => postgres.kill(), revive: () => startAgain(() => postgres.start()) };
  switch (kill) {
    case 'server_a':
      return these(0);
    case 'server_b':
      return these(1);
    case 'both_servers':
      return these(0, 1);
    case 'redis':
      return { servers: all, kill: () => redis.crash(), revive: () => startAgain(() => redis.start()) };
    case 'postgres':
      return { servers: all, ...postgresDies };
    case 'postgres_after_acknowledgement':
      return { servers: all, ...postgresDies };
  }
}

/**
 * Whoever died had a port, and while it was away some connection of another program may have been given that port as its
 * own end: then it is busy for a moment, for no fault of ours.
 */
async function startAgain(start: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await start();
      return;
    } catch (error) {
      if (attempt === START_ATTEMPTS || (error instanceof ServiceError && error.code !== 'port_taken'))
        throw error;
      await sleep(START_PAUSE_MS);
    }
  }
}

async function atNextRing(bell: Bell, servers: readonly number[], kill: () => Promise<void>): Promise<void> {
  const { promise: dead, resolve, reject } = Promise.withResolvers<void>();
  const strike = () => {
    clearTimeout(impatience);
    takeBack();
    kill().then(resolve, reject);
  };
  const takeBack = bell.once(servers, strike);
  const impatience = setTimeout(strike, LONGEST_WAIT_FOR_BELL_MS);
  await dead;
}
