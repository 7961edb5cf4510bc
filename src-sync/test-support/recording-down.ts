import type { DownChannel } from '../down-channel.ts';
import type { DownStatus } from '../engine-status.ts';
import { IDLE_DOWN } from '../first-status.ts';

export interface RecordingDown extends DownChannel {
  /** What it was told, in order. */
  readonly heard: readonly string[];
  now: DownStatus;
}

/** Stands where the changes come down, and does nothing. */
export function recordingDown(): RecordingDown {
  const heard: string[] = [];
  return {
    heard,
    now: IDLE_DOWN,
    lineOpened: () => heard.push('opened'),
    lineLost: () => heard.push('lost'),
    changesAvailable: () => heard.push('available'),
    status() {
      return this.now;
    },
    stop: () => heard.push('stopped'),
  };
}
