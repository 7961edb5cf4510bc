/** Where the built screens are for the window, and which pages count as ours. */

/**
 * A scheme of our own instead of `file:`, so that the page has a real origin: its policy's `'self'` means these
 * files alone, and no other file of this PC.
 */
export const SCREEN_SCHEME = 'holdfast';
const SCREEN_HOST = 'till';
export const SCREEN_URL = `${SCREEN_SCHEME}://${SCREEN_HOST}/index.html`;

export function isScreenUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, username, password } = new URL(url);
  return protocol === `${SCREEN_SCHEME}:` && host === SCREEN_HOST && username === '' && password === '';
}

/** The frame that a call came from, as Electron tells it; null when the frame is gone. */
export interface SenderFrame {
  readonly url: string;
  readonly parent: unknown;
}

/** Only our own page calls the till, and only as the window's own page: a frame inside it never does. */
export function isOwnScreen(frame: SenderFrame | null): boolean {
  return frame?.parent === null && isScreenUrl(frame.url);
}
