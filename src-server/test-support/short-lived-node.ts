/** Child script: a live node of the cluster of its environment that says something and ends; by itself, if all is let go. */
import { openClusterAdapter } from '../live/cluster-adapter.ts';
import { SILENT } from '../logger.ts';
import { startLiveNode } from './live-node.ts';

const options = {
  redisUrl: process.env['REDIS_URL'],
  postgresUrl: process.env['DATABASE_URL'],
  logger: SILENT,
};
// A server whose start fails closes what it never used.
await (await openClusterAdapter(options)).close();
const node = await startLiveNode(options);
node.io.of('/live').to('STORE-001').emit('said', 'hello');
await new Promise((resolve) => setTimeout(resolve, 300));
// Whoever started us may end the server meanwhile.
process.stdout.write('said\n');
process.stdin.resume();
await new Promise((resolve) => process.stdin.once('end', resolve));
await node.close();
process.stdout.write('closed\n');
