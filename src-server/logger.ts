import { type DestinationStream, type Logger as Pino, pino } from 'pino';
import { redactLogLine } from './payments/redaction.ts';

/** The part of pino's logger that the server uses, so that tests and other hosts can bring their own. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Where a request or its parts could stand when somebody logs one. The patterns of `redactLogLine` catch the rest. */
const SECRET_FIELDS = ['authorization', 'cookie', 'token', 'key', 'adminKey', 'stripe-signature'];
const REDACTED_PATHS = SECRET_FIELDS.flatMap((field) => {
  const name = /^\w+$/.test(field) ? `.${field}` : `["${field}"]`;
  return [name.replace(/^\./, ''), `*${name}`, `*.*${name}`, `*.*.*${name}`];
});

/** The server's log: one line of JSON an entry, without secrets whatever is given to it. */
export function serverLogger(level: string, lines: DestinationStream): Pino {
  return pino(
    {
      name: 'server',
      level,
      redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
      hooks: { streamWrite: redactLogLine },
    },
    lines,
  );
}
