/**
 * The bus of server processes that share a PostgreSQL and have no Redis: LISTEN/NOTIFY on channel `events`.
 *
 * A transaction that notifies takes a lock of the whole database cluster while it commits, and so would put all sales
 * of all shops in one row. Therefore the writing transaction never notifies; after its COMMIT this bus does, in a
 * statement of its own, one at a time, and with a hint instead of the events, which would not fit (8,000 bytes).
 */
import type { Logger } from '../logger.ts';
import type { EventBus } from './event-bus.ts';
import { type ListeningConnection, createListeningConnection } from './listening-connection.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { createOutageLog } from './outage-log.ts';
import { type Pulse, USUAL_PULSE } from './pulse.ts';
import { createReconnectWait } from './reconnect-wait.ts';
import { createWakeListeners } from './wake-listeners.ts';

export interface PostgresBusOptions {
  readonly url: string;
  readonly logger: Logger;
  readonly pulse?: Pulse;
}

const CHANNEL = 'events';

/** Resolves when the bus is up, or when its first attempt to be so has failed: then it goes on trying. */
export async function openPostgresBus({
  url,
  logger,
  pulse = USUAL_PULSE,
}: PostgresBusOptions): Promise<EventBus> {
  const listeners = createWakeListeners(logger);
  const outage = createOutageLog(
    logger,
    { bus: 'postgres' },
    {
      away: 'the event bus cannot be reached: other server processes see events later, by looking themselves',
      back: 'the event bus is back',
    },
  );
  const wait = createReconnectWait();
  let newest: ListeningConnection | undefined;
  let listening: ListeningConnection | undefined;
  let retry: NodeJS.Timeout | undefined;
  let announced = 0;
  let closing: Promise<void> | undefined;

  const notifier = oneAtATime(async () => {
    // A hint: how many events. Whoever listens reads them in the log.
    const hint = JSON.stringify({ events: announced });
    announced = 0;
    try {
      if (listening === undefined) listeners.wakeSoon();
      else await listening.notify(hint);
    } catch {
      // The connection has told of its end. Our own subscribers need no connection to be woken.
      listeners.wakeSoon();
    }
  });

  async function connect(): Promise<void> {
    const connection = createListeningConnection({
      url,
      channel: CHANNEL,
      pulse,
      // Whatever it says, and whoever said it.
      onNotification: listeners.wakeSoon,
      onLost: lost,
    });
    newest = connection;
    try {
      await connection.open();
    } catch (error) {
      lost(error);
      return;
    }
    listening = connection;
    wait.connected();
    outage.ended();
    listeners.wakeSoon();
  }

  function lost(reason: unknown): void {
    listening = undefined;
    if (closing !== undefined) return;
    outage.began(reason);
    retry = setTimeout(() => {
      void connect();
    }, wait.next());
  }

  async function close(): Promise<void> {
    clearTimeout(retry);
    listeners.clear();
    await notifier.idle();
    await newest?.close();
    listening = undefined;
  }

  await connect();
  return {
    kind: 'postgres',
    announce(events) {
      if (closing !== undefined || events.length === 0) return;
      if (listening === undefined) {
        listeners.wakeSoon();
        return;
      }
      announced += events.length;
      notifier.request();
    },
    onWake: (wake) => (closing === undefined ? listeners.add(wake) : () => undefined),
    isUp: () => listening !== undefined,
    close() {
      closing ??= close();
      return closing;
    },
  };
}
