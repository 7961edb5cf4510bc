/** One run of a contender: everything from an empty server to a full one. */
import type { Arrived } from './end-process.ts';
import type { Contender } from './contender.ts';
import { type CountedBytes, type Cut, startCountingProxy } from './counting-proxy.ts';
import { peakMb, treeMb } from './process-memory.ts';

export interface RunFigures {
  /** Undefined when it was not through within the limit. */
  readonly seconds: number | undefined;
  readonly arrived: Arrived;
  /** Only where the line was one that counts. */
  readonly bytes?: CountedBytes;
  readonly clientMb: number;
  readonly serverMb: number;
  /** Of the database behind the server, at the end. */
  readonly databaseMb?: number;
}

export interface RunOptions {
  readonly run: string;
  readonly limitMs: number;
  /** By the proxy that counts, and may break; otherwise straight to the server. */
  readonly line?: { readonly cut?: Cut };
}

export async function measureRun(contender: Contender, options: RunOptions): Promise<RunFigures> {
  const { run, limitMs, line } = options;
  const open = await contender.open(run);
  try {
    const proxy = line && (await startCountingProxy(open.serverPort, line.cut));
    try {
      const seconds = await open.client.replicate(proxy?.port ?? open.serverPort, limitMs);
      if (line?.cut !== undefined && proxy?.cuts() !== 1) throw new Error('The line was not cut');
      return {
        seconds,
        clientMb: peakMb(open.client.pid),
        serverMb: peakMb(open.serverPid),
        ...(open.databasePid === undefined ? {} : { databaseMb: treeMb(open.databasePid) }),
        ...(proxy === undefined ? {} : { bytes: proxy.counted() }),
        // Last: to look takes memory too.
        arrived: await open.look(),
      };
    } finally {
      await proxy?.close();
    }
  } finally {
    await open.close();
  }
}
