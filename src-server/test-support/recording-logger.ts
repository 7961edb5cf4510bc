/** A logger for tests that look at what was said. */
import type { Logger } from '../logger.ts';

export interface RecordingLogger extends Logger {
  readonly lines: { readonly level: keyof Logger; readonly message: string; readonly fields: object }[];
}

export function recordingLogger(): RecordingLogger {
  const lines: RecordingLogger['lines'] = [];
  const at = (level: keyof Logger) => (fields: object, message: string) => {
    lines.push({ level, message, fields });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
