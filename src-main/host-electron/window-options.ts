/** How the till's window is made, as data: what a page in it may never do is decided here. */
import type { BrowserWindowConstructorOptions } from 'electron';

export interface WindowChoice {
  /** Fills the screen and offers no way out of it: for a PC that is nothing but a till. */
  readonly kiosk: boolean;
  /** Built preload script. */
  readonly preload: string;
  /** Only while developing. */
  readonly devTools: boolean;
}

export function windowOptions({ kiosk, preload, devTools }: WindowChoice): BrowserWindowConstructorOptions {
  return {
    title: 'Holdfast',
    width: 1280,
    height: 800,
    minWidth: 800,
    minHeight: 600,
    kiosk,
    autoHideMenuBar: true,
    // Shown when the first screen is painted: a cashier never sees a white window.
    show: false,
    webPreferences: {
      preload,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      sandbox: true,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      // The state line keeps up when another window covers the till.
      backgroundThrottling: false,
      devTools,
    },
  };
}
