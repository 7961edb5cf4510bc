import { once } from 'node:events';
import { type Socket, createServer } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { connectRedis } from './redis-connection.ts';

/** Takes the call and says nothing: a Redis that hangs, or something else that listens there. */
async function silentServer() {
  const calls: Socket[] = [];
  const server = createServer((socket) => {
    calls.push(socket);
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    url: `redis://127.0.0.1:${address.port}`,
    calls,
    close() {
      for (const call of calls) call.destroy();
      server.close();
    },
  };
}

describe('a connection to Redis', () => {
  // ioredis does the same after a reconnection with what was subscribed. A rejection that nobody handles is an error of
  // this run.
  it('does not let a command that nobody waits for end the process', async () => {
    const server = await silentServer();
    const connection = connectRedis({ url: server.url, name: 'test', whileAway: 'keep' });
    void connection.client.subscribe('events');
    await vi.waitFor(() => {
      expect(server.calls).toHaveLength(1);
    });
    await connection.close();
    expect(connection.client.status).toBe('end');
    await new Promise(setImmediate);
    server.close();
  });

  it('hangs up on what never answers, and tries again', async () => {
    const server = await silentServer();
    const onAway = vi.fn<(reason: unknown) => void>();
    const onReady = vi.fn<() => void>();
    const pulse = { askEveryMs: 1_000, answerWithinMs: 50 };
    const connection = connectRedis({
      url: server.url,
      name: 'test',
      whileAway: 'refuse',
      pulse,
      onAway,
      onReady,
    });
    await vi.waitFor(
      () => {
        expect(server.calls.length).toBeGreaterThanOrEqual(3);
      },
      { timeout: 20_000 },
    );
    expect(onReady).not.toHaveBeenCalled();
    expect(String(onAway.mock.calls[0]?.[0])).toContain('timeout');
    await connection.close();
    server.close();
  });
});
