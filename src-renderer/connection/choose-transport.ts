import { io } from 'socket.io-client';
import { BrowserTransport } from './browser-transport.ts';
import { ElectronTransport } from './electron-transport.ts';
import type { TillTransport } from './till-transport.ts';

/** Electron's bridge where the preload script has put one, else a socket to the page's own origin. */
export function chooseTransport(): TillTransport {
  if (window.holdfast) return new ElectronTransport(window.holdfast);
  return new BrowserTransport(
    io({
      path: '/api/socket',
      transports: ['websocket'],
      withCredentials: true,
      reconnectionDelay: 250,
      reconnectionDelayMax: 2_000,
    }),
  );
}
