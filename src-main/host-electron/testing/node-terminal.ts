/** The built entry of the terminal's process, run by plain Node instead of Electron: same file, same SQLite, real process. */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { TerminalProcess } from '../terminal-keeper.ts';
import type { FromTerminal } from '../terminal-messages.ts';

export const parentPortModule = path.join(import.meta.dirname, 'parent-port.ts');

export function forkTerminal(file: string): ChildProcess {
  return fork(file, [], {
    execArgv: ['--import', parentPortModule],
    // Structured clone, as between Electron's processes.
    serialization: 'advanced',
  });
}

/** @param file built entry of the terminal's process */
export function startNodeTerminal(file: string): TerminalProcess & { readonly child: ChildProcess } {
  const child = forkTerminal(file);
  return {
    child,
    line: {
      send: (message) => child.send(message),
      onMessage: (listener) => child.on('message', (message) => listener(message as FromTerminal)),
    },
    onExit: (listener) => child.once('exit', (code) => listener(code)),
    kill: () => child.kill('SIGKILL'),
  };
}
