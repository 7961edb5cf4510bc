/** The terminal's process as Electron's utility process. */
import { type ForkOptions, utilityProcess } from 'electron';
import { outsideArchive } from './outside-archive.ts';
import type { TerminalProcess } from './terminal-keeper.ts';
import type { FromTerminal } from './terminal-messages.ts';

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
