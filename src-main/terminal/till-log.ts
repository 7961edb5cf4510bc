import pino, { type Logger } from 'pino';

const STDERR = 2;

/**
 * Logs to stderr or to a file, and both end on the till's disk. When that is full the lines are lost and the till
 * sells on: without a listener the first failed write would end the process.
 */
export function tillLog(name: string, file?: string): Logger {
  const lines = pino.destination({ dest: file ?? STDERR, mkdir: true, sync: true });
  lines.on('error', () => undefined);
  return pino({ name }, lines);
}
