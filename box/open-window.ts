/** Shows the till: in Electron where its binary is, else in the browser of this PC, else by its link alone. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ELECTRON = path.resolve(import.meta.dirname, '../node_modules/electron');

/** Electron's npm package brings no binary; it is there once somebody has run `npx electron` with a network. */
export function electronBinary(): string | undefined {
  const pathFile = path.join(ELECTRON, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const binary = path.join(ELECTRON, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}

/** @returns false when this PC has no desktop to open a browser on */
export function openBrowser(link: string): boolean {
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const hasDesktop =
    process.platform !== 'linux' ||
    process.env['DISPLAY'] !== undefined ||
    process.env['WAYLAND_DISPLAY'] !== undefined;
  if (!hasDesktop) return false;
  const child = spawn(opener, [link], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
  return true;
}
