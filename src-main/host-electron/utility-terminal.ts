/** The terminal's process as Electron's utility process. */
import { type ForkOptions, utilityProcess } from 'electron';
import type { TerminalProcess } from './terminal-keeper.ts';
import type { FromTerminal } from './terminal-messages.ts';

/**
 * An archive's files are none to the operating system, and worker threads read modules in ways of their own. What
 * the terminal's process runs is therefore unpacked beside `app.asar` (asarUnpack in electron-builder.yml).
 * A path outside an archive, as during development, stays as it is.
 */
export function outsideArchive(file: string): string {
  return file.replace(/([\\/])app\.asar(?=[\\/])/, '$1app.asar.unpacked');
}

/** @param file built entry of the terminal's process */
export function startUtilityTerminal(file: string): TerminalProcess {
  const options: ForkOptions = { serviceName: 'Holdfast terminal', stdio: 'inherit' };
  const child = utilityProcess.fork(outsideArchive(file), [], options);
  return {
    line: {
      send: (message) => child.postMessage(message),
      onMessage: (listener) => child.on('message', (message: FromTerminal) => listener(message)),
    },
    onExit: (listener) => child.once('exit', (code) => listener(code)),
    kill: () => child.kill(),
  };
}
