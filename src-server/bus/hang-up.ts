import type { Socket } from 'node:net';
import type pg from 'pg';

const GOODBYE_WITHIN_MS = 1_000;

/**
 * Says good-bye to PostgreSQL, and hangs up when that is not heard. `socket` is what the client was given: node-postgres
 * has no public way to hang up on a server that no longer answers.
 */
export async function hangUp(client: pg.Client, socket: Socket): Promise<void> {
  const impatience = setTimeout(() => {
    socket.destroy();
  }, GOODBYE_WITHIN_MS);
  await client.end();
  clearTimeout(impatience);
}
