/** The namespace `/live`: rooms by location, and who speaks into them. */
import { LIVE_NAMESPACE } from '#sync/protocol/live-messages.ts';
import type { WakeTills } from '../changes/wake-tills.ts';
import type { Logger } from '../logger.ts';
import type { TerminalSockets } from '../sockets/terminal-sockets.ts';
import type { Subscriber } from '../subscribers/subscriber.ts';
import type { LiveAudience } from './live-audience.ts';
import { liveCatalogue } from './live-catalogue.ts';
import { liveStock } from './live-stock.ts';

export interface LiveServerOptions {
  readonly sockets: TerminalSockets;
  /** The terminals of `/sync`, which pull when they hear that there is something. */
  readonly wake: WakeTills;
  readonly logger: Logger;
}

export interface LiveServer {
  /** For `runSubscriber`: without them the terminals are connected and hear nothing. */
  readonly subscribers: readonly Subscriber[];
}

export function attachLiveServer({ sockets, wake, logger }: LiveServerOptions): LiveServer {
  // A listener says nothing of its history, so a till and a copy of its data cannot be told apart here. Nothing is lost by
  // telling both: they hear the same, and what they hear changes nothing on the server. The copy is refused at `/sync`.
  const bothListen = { newestWins: 'never' } as const;
  const namespace = sockets.open(LIVE_NAMESPACE, bothListen, (socket, { terminal }) => {
    const { terminalId, locationId } = terminal;
    // Before the terminal knows that it is connected: from then on it misses nothing. What it sends, nobody listens to.
    void socket.join(locationRoom(locationId));
    logger.debug({ terminalId, locationId }, 'a terminal listens');
  });
  const audience: LiveAudience = {
    tellLocation(locationId, message) {
      namespace.to(locationRoom(locationId)).emit('live.changed', message);
    },
    tellAll(message) {
      namespace.emit('live.changed', message);
    },
    wakeLocation: wake.location,
    wakeAll: wake.all,
  };
  return { subscribers: [liveCatalogue(audience, logger), liveStock(audience)] };
}

function locationRoom(locationId: string): string {
  return `location:${locationId}`;
}
