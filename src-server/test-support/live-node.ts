/** A server process' share of a cluster, for tests: socket.io with a namespace `/live`, and clients in rooms. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { type Socket, io as connect } from 'socket.io-client';
import { type ClusterAdapterOptions, openClusterAdapter } from '../live/cluster-adapter.ts';

export interface LiveNode {
  readonly io: Server;
  /** Connects a client that hears what is said to its room. */
  join(room: string): Promise<LiveClient>;
  close(): Promise<void>;
}

export interface LiveClient {
  readonly socket: Socket;
  /** What came as event `said`, in order. */
  readonly heard: unknown[];
}

export async function startLiveNode(options: ClusterAdapterOptions): Promise<LiveNode> {
  const cluster = await openClusterAdapter(options);
  const http = createServer();
  const io = new Server(http, cluster.adapter === undefined ? {} : { adapter: cluster.adapter });
  io.of('/live').on('connection', async (socket) => {
    await socket.join(String(socket.handshake.auth['room']));
    socket.emit('joined');
  });
  io.of('/sync');
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const clients: Socket[] = [];
  return {
    io,
    async join(room) {
      const socket = connect(`http://127.0.0.1:${address.port}/live`, {
        auth: { room },
        transports: ['websocket'],
        forceNew: true,
      });
      clients.push(socket);
      const heard: unknown[] = [];
      socket.on('said', (what: unknown) => heard.push(what));
      await new Promise<void>((resolve) => {
        socket.on('joined', resolve);
      });
      return { socket, heard };
    },
    async close() {
      for (const socket of clients) socket.disconnect();
      await io.close();
      await cluster.close();
    },
  };
}
