import { openOrHeal } from '../care/open-or-heal.ts';
import { type Terminal, type TerminalOptions, openTerminal } from './terminal.ts';

/**
 * Opens the till as a shop needs it: one whose database is damaged puts itself back where that is safe (docs/decisions/0012).
 * @throws {StoreError} as {@link openTerminal}, with why it could not heal itself
 */
export async function openHealedTerminal(options: TerminalOptions): Promise<Terminal> {
  const { folder, logger, now = () => new Date() } = options;
  return openOrHeal(folder, () => openTerminal(options), {
    now,
    onHealed: ({ text, ...report }) => logger.error(report, text),
  });
}
