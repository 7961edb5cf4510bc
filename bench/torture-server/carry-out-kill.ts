/** One kill, the time without, and the way back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '#box/child-service.ts';
import { type Random, between } from '../random.ts';
import type { AcknowledgementBell } from './acknowledgement-bell.ts';
import type { Kill } from './plan-kills.ts';
import type { Stores } from './stores.ts';

export interface KillOptions {
  readonly stores: Stores;
  readonly bell: AcknowledgementBell;
  readonly random: Random;
  /** The kill falls somewhere in this time. */
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

const LONGEST_AWAY_MS = 1_000;
const START_ATTEMPTS = 10;
const START_PAUSE_MS = 1_000;
/** Nothing is acknowledged when nobody sends. */
const LONGEST_WAIT_FOR_ACKNOWLEDGEMENT_MS = 3_000;

/** Resolves when all is up again. */
export async function carryOutKill(kill: Kill, options: KillOptions): Promise<void> {
  const { stores, bell, random, withinMs, signal } = options;
  const victims = victimsOf(kill, stores);
  const delay = between(random, 0, withinMs);
  const away = between(random, 0, LONGEST_AWAY_MS);
  // Half of the servers' deaths, and one kind of PostgreSQL's, fall right behind an acknowledgement.
  const atAcknowledgement =
    kill === 'postgres_after_acknowledgement' || (victims.servers.length > 0 && random() < 0.5);
  await sleep(delay, undefined, { signal });
  if (atAcknowledgement) await atNextAcknowledgement(bell, victims.servers, () => victims.kill());
  else await victims.kill();
  await sleep(away, undefined, { signal });
  await victims.revive();
}

interface Victims {
  /** Whose acknowledgement counts: indexes. */
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
  const postgresDies = { kill: () => postgres.kill(), revive: () => startAgain(() => postgres.start()) };
  switch (kill) {
    case 'server_a':
      return these(0);
    case 'server_b':
      return these(1);
    case 'both_servers':
      return these(0, 1);
    case 'redis':
      return { servers: [], kill: () => redis.crash(), revive: () => startAgain(() => redis.start()) };
    case 'postgres':
      return { servers: [], ...postgresDies };
    case 'postgres_after_acknowledgement':
      return { servers: [0, 1], ...postgresDies };
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

async function atNextAcknowledgement(
  bell: AcknowledgementBell,
  servers: readonly number[],
  kill: () => Promise<void>,
): Promise<void> {
  const { promise: dead, resolve, reject } = Promise.withResolvers<void>();
  const strike = () => {
    clearTimeout(impatience);
    takeBack();
    kill().then(resolve, reject);
  };
  const takeBack = bell.once(servers, strike);
  const impatience = setTimeout(strike, LONGEST_WAIT_FOR_ACKNOWLEDGEMENT_MS);
  await dead;
}
