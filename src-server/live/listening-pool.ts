/**
 * The pool of socket.io's PostgreSQL adapter. The adapter takes a connection out of its pool to listen, hears no error
 * of it (which would end the process), never gives it back when it dies (so that the pool runs dry), may take two (so
 * that clients get everything twice), and asks for one again after it was closed. Therefore what it takes out is no
 * connection of the pool, but one made for it, and there is never more than one.
 */
import { Socket } from 'node:net';
import pg from 'pg';
import { hangUp } from '../bus/hang-up.ts';
import type { OutageLog } from '../bus/outage-log.ts';

type Taken = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: Error | boolean) => void,
) => void;

const ANSWER_WITHIN_MS = 2_000;
const GOODBYE_WITHIN_MS = 3_000;
/** Each process notifies every 5 s that it lives, and hears itself: silence for so long is a dead connection. */
const SILENCE_MS = 20_000;

export class ListeningPool extends pg.Pool {
  readonly #configuration: pg.ClientConfig;
  readonly #outage: OutageLog;
  /** Ends the connection that listens. */
  #stopListening: () => Promise<void> = () => Promise.resolve();
  /** One is opened after the other, so that each ends the one before. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(url: string, outage: OutageLog) {
    const configuration = {
      connectionString: url,
      application_name: 'holdfast-live',
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
      keepAlive: true,
    };
    // One, because two could notify in another order than they were asked.
    super({ ...configuration, max: 1 });
    this.#configuration = configuration;
    this.#outage = outage;
    // Of a connection that died while idle: the next query makes another one. That PostgreSQL is away is told by the
    // connection that listens.
    this.on('error', () => undefined);
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(taken: Taken): void;
  override connect(taken?: Taken): Promise<pg.PoolClient> | void {
    if (taken !== undefined) {
      super.connect(taken);
      return;
    }
    const listener = this.#turn.then(() => this.#listen());
    this.#turn = listener.catch(() => undefined);
    return listener;
  }

  /** After the adapter was closed. What it has still to say is said first. */
  async close(): Promise<void> {
    this.#closed = true;
    // Behind the farewells of the namespaces, which nobody waits for.
    await this.query('SELECT 1').catch(() => undefined);
    let impatience: NodeJS.Timeout | undefined;
    const goodbye = new Promise<void>((resolve) => {
      impatience = setTimeout(resolve, GOODBYE_WITHIN_MS);
    });
    await Promise.race([Promise.all([this.#stopListening(), this.end()]), goodbye]);
    clearTimeout(impatience);
  }

  async #listen(): Promise<pg.PoolClient> {
    await this.#stopListening();
    // A refusal would make the adapter ask again, every two seconds, for ever.
    if (this.#closed) return new Promise(() => undefined);
    const socket = new Socket();
    const client = new pg.Client({ ...this.#configuration, stream: () => socket });
    const silence = setTimeout(() => {
      socket.destroy();
    }, SILENCE_MS);
    let reason: unknown;
    client.on('error', (error) => {
      reason = error;
    });
    client.on('notification', () => {
      silence.refresh();
    });
    client.on('end', () => {
      clearTimeout(silence);
      this.#outage.began(reason);
    });
    this.#stopListening = async () => {
      clearTimeout(silence);
      client.removeAllListeners('end');
      client.removeAllListeners('notification');
      await hangUp(client, socket);
    };
    try {
      await client.connect();
    } catch (error) {
      socket.destroy();
      this.#outage.began(error);
      throw error;
    }
    this.#outage.ended();
    return Object.assign(client, { release: () => void this.#stopListening() });
  }
}
