type Say = (details: object, message: string) => void;

/** What the till needs of a logger; pino's has it. */
export interface TillLogger {
  readonly info: Say;
  readonly warn: Say;
  readonly error: Say;
}

/**
 * A log that cannot be written (a full disk, a closed pipe) must not turn a committed sale into a refusal or end the
 * till: what it would have said is lost, the sale is not.
 */
export function unfailing(logger: TillLogger): TillLogger {
  const say =
    (level: keyof TillLogger): Say =>
    (details, message) => {
      try {
        logger[level](details, message);
      } catch {
        // There is nobody left to tell.
      }
    };
  return { info: say('info'), warn: say('warn'), error: say('error') };
}
