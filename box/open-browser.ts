import { spawn } from 'node:child_process';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: 'open', win32: 'explorer' };

/** Whether this PC has a screen that a window could open on. */
export function hasDesktop(): boolean {
  if (process.platform !== 'linux') return true;
  return process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined;
}

/** Opens the link in the person's browser. Where that fails the link is on the console all the same. */
export function openBrowser(link: string): void {
  if (!hasDesktop()) return;
  const child = spawn(OPENERS[process.platform] ?? 'xdg-open', [link], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
