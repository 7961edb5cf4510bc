import type { ReadHandle } from '../store/handles.ts';
import {
  type MovedDevices,
  type TerminalSettings,
  readTerminalSettings,
  withMovedDevices,
} from '../store/settings-store.ts';

/** The settings as they are now: what a store's tills have in common comes from the server while the till runs. */
export interface LiveSettings {
  (): TerminalSettings;
  /** They have changed on the disk. */
  reread(): void;
}

/**
 * @returns undefined when the till was never set up
 * @throws {StoreError} `store_settings_unreadable`
 */
export function liveSettings(store: ReadHandle, moved: MovedDevices): LiveSettings | undefined {
  const read = (): TerminalSettings | undefined => {
    const stored = readTerminalSettings(store);
    return stored && withMovedDevices(stored, moved);
  };
  const first = read();
  if (!first) return undefined;
  let current = first;
  return Object.assign(() => current, {
    reread: (): void => {
      current = read() ?? current;
    },
  });
}
