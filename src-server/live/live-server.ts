/** The namespace `/live`: rooms by location, and the hub that speaks into them. */
import { LIVE_NAMESPACE } from '#sync/protocol/live-messages.ts';
import type { WakeTills } from '../changes/wake-tills.ts';
import type { Logger } from '../logger.ts';
import type { TerminalSockets } from '../sockets/terminal-sockets.ts';
import type { Subscriber } from '../subscribers/subscriber.ts';
import { liveHub } from './live-hub.ts';

export interface LiveServerOptions {
  readonly sockets: TerminalSockets;
  /** The terminals of `/sync`, which pull when they hear that there is something. */
  readonly wake: WakeTills;
  readonly logger: Logger;
}

export interface LiveServer {
  /** For `runSubscriber`: without it the terminals are connected and hear nothing. */
  readonly subscriber: Subscriber;
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
  const subscriber = liveHub(
    {
      tellLocation(locationId, message) {
        namespace.to(locationRoom(locationId)).emit('live.changed', message);
      },
      tellAll(message) {
        namespace.emit('live.changed', message);
      },
      wakeLocation: wake.location,
      wakeAll: wake.all,
    },
    logger,
  );
  return { subscriber };
}

function locationRoom(locationId: string): string {
  return `location:${locationId}`;
}
