/**
 * Carries messages between tills and the server, each till in its own weather: delay, loss, doubling, overtaking, and no
 * connection at all. Better and worse than TCP: what TCP rules out must not hurt either.
 */
import { type Random, between } from '../../random.ts';
import { chance } from './split-random.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface Weather {
  /** Nothing gets through, and nobody is told. */
  readonly cutOff: boolean;
  /** Share of messages that vanish. */
  readonly loss: number;
  /** Share that comes twice. */
  readonly doubling: number;
  /** Share that others may overtake. */
  readonly overtaking: number;
  /** Longest time on the way, in milliseconds. */
  readonly slowest: number;
}

export const FAIR: Weather = { cutOff: false, loss: 0, doubling: 0, overtaking: 0, slowest: 20 };

/** One direction of one connection: its messages keep their order unless the weather is bad. */
export interface Lane {
  lastArrival: number;
}

export interface Network {
  setWeather(till: string, weather: Weather): void;
  weatherOf(till: string): Weather;
  /** `arrive` runs once, twice or never. */
  carry(till: string, lane: Lane, what: string, arrive: () => void): void;
}

export function networkOf(time: VirtualTime, random: Random, trace: Trace): Network {
  const weathers = new Map<string, Weather>();
  const weatherOf = (till: string): Weather => weathers.get(till) ?? FAIR;

  function plan(till: string, lane: Lane, arrive: () => void): void {
    const { slowest, overtaking } = weatherOf(till);
    const direct = time.now() + between(random, 1, slowest);
    const inOrder = Math.max(direct, lane.lastArrival);
    const arrival = chance(random, overtaking) ? direct : inOrder;
    lane.lastArrival = inOrder;
    time.setTimer(() => {
      // A line that was cut meanwhile carries nothing to its end.
      if (!weatherOf(till).cutOff) arrive();
    }, arrival - time.now());
  }

  return {
    weatherOf,
    setWeather(till, weather) {
      weathers.set(till, weather);
    },
    carry(till, lane, what, arrive) {
      const { cutOff, loss, doubling } = weatherOf(till);
      if (cutOff || chance(random, loss)) {
        trace.note(till, `lost: ${what}`);
        return;
      }
      plan(till, lane, arrive);
      if (!chance(random, doubling)) return;
      trace.note(till, `doubled: ${what}`);
      plan(till, lane, arrive);
    },
  };
}
