/** Child script: opens the bus of its environment, announces, closes. It ends only when nothing was left open. */
import type { Logger } from '../logger.ts';
import { openBus } from '../bus/open-bus.ts';

const say = (_fields: object, message: string) => {
  process.stderr.write(`${message}\n`);
};
const logger: Logger = { debug: say, info: say, warn: say, error: say };
const bus = await openBus({
  redisUrl: process.env['REDIS_URL'],
  postgresUrl: process.env['DATABASE_URL'],
  logger,
});
bus.onWake(() => undefined);
bus.announce([{ event: 'order.completed' }]);
await bus.close();
process.stdout.write(`${bus.kind} closed\n`);
