import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ELECTRON = path.resolve(import.meta.dirname, '../../node_modules/electron');

/** Electron's npm package brings no binary; it is there once somebody has run `npx install-electron` with a network. */
export function electronBinary(): string | undefined {
  const pathFile = path.join(ELECTRON, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const binary = path.join(ELECTRON, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}
