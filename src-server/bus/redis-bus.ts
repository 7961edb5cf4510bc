/**
 * The bus of several server processes with a Redis: pub/sub on channel `events`, one message per event, exactly the
 * seed's envelope ("Event Bus": channel, payload), so that other programs can listen as the seed draws it.
 *
 * Redis forgets what it cannot deliver at once. So nothing depends on it here: a message only wakes.
 */
import type { Logger } from '../logger.ts';
import type { Envelope, EventBus } from './event-bus.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { createOutageLog } from './outage-log.ts';
import type { Pulse } from './pulse.ts';
import { connectRedis } from './redis-connection.ts';
import { createWakeListeners } from './wake-listeners.ts';

export interface RedisBusOptions {
  /** `redis://` or, with TLS, `rediss://` */
  readonly url: string;
  readonly logger: Logger;
  readonly pulse?: Pulse;
}

const CHANNEL = 'events';
/** Messages that go out in one write. */
const PIPELINE = 1_000;
/** UTF-16 units that may wait for a Redis that is slow; what comes on top is dropped. */
const MOST_WAITING = 16 * 1024 * 1024;
/** How long the start of the server may wait for Redis. */
const FIRST_ANSWER_WITHIN_MS = 3_000;

/** Resolves when the bus is up, or when its first attempt to be so has failed: then it goes on trying. */
export async function openRedisBus({ url, logger, ...timing }: RedisBusOptions): Promise<EventBus> {
  const listeners = createWakeListeners(logger);
  const outage = createOutageLog(
    logger,
    { bus: 'redis' },
    {
      away:
        'the event bus cannot be reached: other server processes see events later, by looking themselves, and other ' +
        'programs that listen miss some',
      back: 'the event bus is back',
    },
  );
  const firstAnswer = Promise.withResolvers<void>();
  let canPublish = false;
  let isSubscribed = false;
  let closing: Promise<void> | undefined;

  const isUp = () => canPublish && isSubscribed && closing === undefined;
  function came(): void {
    if (!isUp()) return;
    outage.ended();
    listeners.wakeSoon();
    firstAnswer.resolve();
  }
  function away(reason: unknown): void {
    if (closing !== undefined) return;
    outage.began(reason);
    firstAnswer.resolve();
  }

  const publisher = connectRedis({
    ...timing,
    url,
    name: 'holdfast-bus-publisher',
    whileAway: 'refuse',
    onReady: () => {
      canPublish = true;
      came();
    },
    onAway: (reason) => {
      canPublish = false;
      away(reason);
    },
  });
  const subscriber = connectRedis({
    ...timing,
    url,
    name: 'holdfast-bus-subscriber',
    whileAway: 'refuse',
    onReady: () => void subscribe(),
    onAway: (reason) => {
      isSubscribed = false;
      away(reason);
    },
  });
  // The bytes, so that a stranger's message of 500 MB is not made a string of.
  subscriber.client.on('messageBuffer', listeners.wakeSoon);

  /** ioredis would subscribe again by itself, but would not say when: and what was said before that is lost. */
  async function subscribe(): Promise<void> {
    try {
      await subscriber.client.subscribe(CHANNEL);
      isSubscribed = true;
      came();
    } catch (error) {
      away(error);
      if (subscriber.client.status === 'ready') subscriber.client.disconnect(true);
    }
  }

  let waiting: string[] = [];
  let waitingLength = 0;
  let dropping = false;
  const sender = oneAtATime(async () => {
    const batch = waiting.slice(0, PIPELINE);
    waiting = waiting.slice(PIPELINE);
    waitingLength -= batch.reduce((sum, message) => sum + message.length, 0);
    const pipeline = publisher.client.pipeline();
    for (const message of batch) pipeline.publish(CHANNEL, message);
    const answers = (await pipeline.exec()) ?? [];
    // While Redis is away all fail at once, and so what waits is gone before it is back. Our own subscribers need no
    // Redis to be woken.
    if (answers.some(([error]) => error !== null)) listeners.wakeSoon();
    if (waiting.length > 0) sender.request();
    else dropping = false;
  });

  function send(message: string): void {
    if (waitingLength + message.length > MOST_WAITING) {
      // No wake is lost: what waits is published after this event was committed.
      if (!dropping) logger.warn({ bus: 'redis' }, 'Redis is slow: some events are not announced');
      dropping = true;
      return;
    }
    waiting.push(message);
    waitingLength += message.length;
  }

  async function close(): Promise<void> {
    listeners.clear();
    await sender.idle();
    await Promise.all([publisher.close(), subscriber.close()]);
  }

  const late = setTimeout(() => {
    away(new Error(`no answer within ${FIRST_ANSWER_WITHIN_MS} ms`));
  }, FIRST_ANSWER_WITHIN_MS);
  await firstAnswer.promise;
  clearTimeout(late);

  return {
    kind: 'redis',
    announce(events: readonly Envelope[]) {
      if (closing !== undefined || events.length === 0) return;
      if (!isUp()) {
        listeners.wakeSoon();
        return;
      }
      for (const event of events) send(JSON.stringify(event));
      sender.request();
    },
    onWake: (wake) => (closing === undefined ? listeners.add(wake) : () => undefined),
    isUp,
    close() {
      closing ??= close();
      return closing;
    },
  };
}
