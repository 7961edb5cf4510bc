/**
 * One connection to PostgreSQL that listens and notifies. It lives until it fails for the first time; whoever made it
 * then makes another one.
 */
import { Socket } from 'node:net';
import pg from 'pg';
import { hangUp } from './hang-up.ts';
import type { Pulse } from './pulse.ts';

export interface ListeningConnection {
  /**
   * Resolves when it listens.
   * @throws {Error} when it cannot; then it is done with
   */
  open(): Promise<void>;
  /**
   * A statement of its own, so it never prolongs a transaction that writes.
   * @throws {Error} when PostgreSQL did not take it; the connection ends
   */
  notify(payload: string): Promise<void>;
  /** Says good-bye, and hangs up when that is not heard. */
  close(): Promise<void>;
}

export interface ListeningOptions {
  readonly url: string;
  readonly channel: string;
  readonly pulse: Pulse;
  readonly onNotification: () => void;
  /** Called once when an open connection is lost, not when it is closed. */
  readonly onLost: (reason: unknown) => void;
}

export function createListeningConnection(options: ListeningOptions): ListeningConnection {
  // Ours, to hang up with.
  const socket = new Socket();
  const client = new pg.Client({
    connectionString: options.url,
    stream: () => socket,
    application_name: 'holdfast-bus',
    connectionTimeoutMillis: options.pulse.answerWithinMs,
    query_timeout: options.pulse.answerWithinMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: options.pulse.askEveryMs,
  });
  let isOpen = false;
  let reason: unknown;
  let asking: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  client.on('error', (error) => {
    reason ??= error;
  });
  client.on('notification', options.onNotification);
  client.on('end', () => {
    clearInterval(asking);
    if (!isOpen) return;
    isOpen = false;
    options.onLost(reason);
  });

  /** One statement after the other. The first failure ends the connection: what it still holds is not known. */
  function ask(statement: string, values: readonly string[] = []): Promise<void> {
    const answer = turn.then(async () => {
      await client.query(statement, [...values]);
    });
    turn = answer.catch((error: unknown) => {
      reason ??= error;
      socket.destroy();
    });
    return answer;
  }

  return {
    async open() {
      try {
        await client.connect();
        await ask(`LISTEN ${pg.escapeIdentifier(options.channel)}`);
      } catch (error) {
        socket.destroy();
        throw error;
      }
      isOpen = true;
      asking = setInterval(() => {
        // What goes wrong here is told by the connection's end.
        ask('SELECT 1').catch(() => undefined);
      }, options.pulse.askEveryMs);
    },
    notify: (payload) => ask('SELECT pg_notify($1, $2)', [options.channel, payload]),
    async close() {
      const wasOpen = isOpen;
      isOpen = false;
      clearInterval(asking);
      if (wasOpen) await hangUp(client, socket);
      else socket.destroy();
    },
  };
}
