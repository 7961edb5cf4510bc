/** The till in Electron, where its binary is: Electron then owns the till's process and its data folder. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { electronBinary } from '#main/host-electron/electron-binary.ts';
import { type ElectronWindow, LaunchError, launchElectron } from '#main/host-electron/launch.ts';
import { hasDesktop } from './open-browser.ts';
import { ServiceError } from './child-service.ts';

const BUILD = path.resolve(import.meta.dirname, '../scripts/build-electron.mjs');

export interface ElectronTill {
  readonly data: string;
  readonly server: string;
  /** `host:port` */
  readonly printer: string;
  readonly log: string;
}

export function electronIsHere(): boolean {
  return electronBinary() !== undefined && hasDesktop();
}

/**
 * @returns undefined when Electron itself cannot run here (as root, say): the browser then shows the same till
 * @throws {ServiceError} when the till refuses to start
 */
export async function startInElectron(
  { data, server, printer, log }: ElectronTill,
  onStep: (step: string) => void,
): Promise<ElectronWindow | undefined> {
  const binary = electronBinary();
  if (binary === undefined) return undefined;
  // Under a second, and never stale.
  if (spawnSync(process.execPath, [BUILD], { stdio: 'inherit' }).status !== 0) return undefined;
  try {
    return await launchElectron({ binary, dataFolder: data, server, printer, log });
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    if (error.code !== 'died') throw new ServiceError(error.code, error.message);
    onStep('Electron does not run here; the till is served to a browser instead');
    return undefined;
  }
}
