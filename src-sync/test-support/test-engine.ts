/** A till's engine over a log in memory and a server that the test holds in its hand. */
import { afterEach } from 'vitest';
import { SyncEngine } from '../engine.ts';
import type { EngineStatus } from '../engine-status.ts';
import type { OpenLink } from '../sync-link.ts';
import { manualTimers, turn } from './manual-timers.ts';
import { memoryOutbox } from './memory-outbox.ts';
import { recordingDown } from './recording-down.ts';
import { SimulatedServer, type WaitingRequest } from './simulated-server.ts';

export const NOON = new Date('2026-11-23T12:00:00.000Z');

export interface TestTillOptions {
  /** Stands for the limits of a batch where a test wants many small ones. */
  readonly mostAtOnce?: number;
  readonly openLink?: OpenLink;
  /** What every draw of lots comes to. */
  readonly chance?: number;
}

let engines: SyncEngine[] = [];
afterEach(() => {
  for (const engine of engines) engine.stop();
  engines = [];
});

export function testTill({ mostAtOnce, openLink, chance = 0.5 }: TestTillOptions = {}) {
  const outbox = memoryOutbox('T1', mostAtOnce);
  const server = new SimulatedServer();
  const timers = manualTimers();
  const down = recordingDown();
  const statuses: EngineStatus[] = [];
  const clock = { now: NOON };
  const disk = { recovering: false };
  const start = (): SyncEngine => {
    const engine = new SyncEngine({
      terminalId: 'T1',
      outbox,
      openLink: openLink ?? server.openLink,
      down,
      isRecovering: () => disk.recovering,
      recovered: () => {
        disk.recovering = false;
      },
      now: () => clock.now,
      random: () => chance,
      setTimer: timers.set,
      onStatus: (status) => statuses.push(status),
    });
    engines.push(engine);
    return engine;
  };
  const engine = start();
  const next = async (): Promise<WaitingRequest> => {
    await turn();
    const [request] = server.waiting;
    if (!request) throw new Error('no request is waiting at the server');
    return request;
  };
  /** Lets the oldest request through, again and again, until none waits. */
  const deliverAll = async (): Promise<void> => {
    for (;;) {
      await turn();
      const [request] = server.waiting;
      if (!request) return;
      request.deliver();
    }
  };
  return {
    outbox,
    server,
    timers,
    down,
    statuses,
    clock,
    disk,
    engine,
    up: () => engine.status().up,
    states: () => statuses.map(({ up }) => up.state),
    next,
    deliverAll,
    connect: async () => {
      engine.start();
      await deliverAll();
    },
    /** Another process of the same till. */
    startAgain: () => {
      engine.stop();
      const again = start();
      again.start();
      return again;
    },
    /** Lets a clock run on. */
    pass: (ms: number) => {
      clock.now = new Date(clock.now.getTime() + ms);
    },
  };
}
