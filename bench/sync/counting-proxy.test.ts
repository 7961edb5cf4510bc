import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CountingProxy, type Cut, startCountingProxy } from './counting-proxy.ts';

/** More than the buffers of both sides hold, so that each has to wait for the other. */
const MUCH = 8_000_000;

describe('a line that counts', () => {
  let echo: Server;
  let proxy: CountingProxy | undefined;

  beforeEach(async () => {
    echo = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await proxy?.close();
    await new Promise((resolve) => echo.close(resolve));
  });

  async function line(cut?: Cut): Promise<CountingProxy> {
    proxy = await startCountingProxy((echo.address() as AddressInfo).port, cut);
    return proxy;
  }

  /** Sends them, and answers how many came back before the end of the connection. */
  function send(port: number, bytes: number): Promise<{ readonly back: number; readonly broken: boolean }> {
    return new Promise((resolve) => {
      const socket: Socket = connect(port, '127.0.0.1');
      let back = 0;
      let broken = false;
      socket.on('data', (chunk) => {
        back += chunk.length;
        if (back === bytes) socket.end();
      });
      socket.on('error', () => {
        broken = true;
      });
      socket.on('close', () => resolve({ back, broken }));
      socket.write(Buffer.alloc(bytes, 7));
    });
  }

  it('brings every byte over, both ways, and counts it', async () => {
    const counting = await line();
    expect(await send(counting.port, MUCH)).toEqual({ back: MUCH, broken: false });
    expect(await send(counting.port, 1)).toEqual({ back: 1, broken: false });
    expect(counting.counted()).toEqual({ up: MUCH + 1, down: MUCH + 1 });
    expect(counting.cuts()).toBe(0);
  });

  it('breaks once, at the given byte, with all of its connections', async () => {
    const cutting = await line({ afterBytes: MUCH / 2, awayMs: 0 });
    const idle = new Promise((resolve) => {
      connect(cutting.port, '127.0.0.1')
        .on('error', () => undefined)
        .on('close', resolve);
    });
    const { back, broken } = await send(cutting.port, MUCH);
    expect(broken).toBe(true);
    expect(back).toBeLessThan(MUCH / 2);
    await idle;
    expect(await send(cutting.port, MUCH)).toEqual({ back: MUCH, broken: false });
    expect(cutting.cuts()).toBe(1);
  });

  it('lets nobody through while it is away', async () => {
    const { port } = await line({ afterBytes: 1, awayMs: 3_600_000 });
    await send(port, 1);
    expect(await send(port, 1)).toEqual({ back: 0, broken: true });
  });
});
