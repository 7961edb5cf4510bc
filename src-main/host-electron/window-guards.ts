/** What no page in the window gets, whatever it asks: another page, another window, a permission, a device. */
import type { Session, WebContents } from 'electron';
import { isScreenUrl } from './screen-address.ts';

export function guardContents(contents: Pick<WebContents, 'setWindowOpenHandler'> & GuardedEvents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  const refuseStranger = (event: PreventableNavigation): void => {
    if (!isScreenUrl(event.url)) event.preventDefault();
  };
  contents.on('will-navigate', refuseStranger);
  contents.on('will-frame-navigate', refuseStranger);
  contents.on('will-redirect', refuseStranger);
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

/** Scanners, scales and printers are the terminal's; the page has no device, no camera and no clipboard of its own. */
export function guardSession(
  session: Pick<
    Session,
    'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
  >,
): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}

interface Preventable {
  preventDefault(): void;
}

interface PreventableNavigation extends Preventable {
  readonly url: string;
}

/** The events of `WebContents` that are used here; its own type overloads `on` over a hundred times. */
interface GuardedEvents {
  on(
    event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect',
    listener: (event: PreventableNavigation) => void,
  ): unknown;
  on(event: 'will-attach-webview', listener: (event: Preventable) => void): unknown;
}
