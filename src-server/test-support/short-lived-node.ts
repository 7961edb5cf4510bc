/** Child script: a live node of the cluster of its environment that says something and ends; by itself, if all is let go. */
import { SILENT } from '../logger.ts';
import { startLiveNode } from './live-node.ts';

const node = await startLiveNode({
  redisUrl: process.env['REDIS_URL'],
  postgresUrl: process.env['DATABASE_URL'],
  logger: SILENT,
});
node.io.of('/live').to('STORE-001').emit('said', 'hello');
await new Promise((resolve) => setTimeout(resolve, 300));
// Whoever started us may end the server meanwhile.
process.stdout.write('said\n');
process.stdin.resume();
await new Promise((resolve) => process.stdin.once('end', resolve));
await node.close();
process.stdout.write('closed\n');
