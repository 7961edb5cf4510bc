/** Memory of other processes, as the kernel of Linux counts it. */
import { readFileSync, readdirSync } from 'node:fs';

/** MB that the process ever held at once. */
export function peakMb(pid: number): number {
  return field(`/proc/${pid}/status`, 'VmHWM');
}

/** MB of a process and its children now; what they share is counted once. */
export function treeMb(pid: number): number {
  const family = readdirSync('/proc').filter((name) => name === String(pid) || parentOf(name) === pid);
  return family.reduce((sum, name) => sum + field(`/proc/${name}/smaps_rollup`, 'Pss'), 0);
}

function parentOf(name: string): number | undefined {
  const [, parent] = /^PPid:\s+(\d+)$/m.exec(readOrNothing(`/proc/${name}/status`)) ?? [];
  return parent === undefined ? undefined : Number(parent);
}

function field(file: string, name: string): number {
  const [, kilobytes = '0'] = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readOrNothing(file)) ?? [];
  return Number(kilobytes) / 1024;
}

/** A process may end between two looks. */
function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
