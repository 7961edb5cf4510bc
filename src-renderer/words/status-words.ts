import type { SyncStatus, TillStatus } from '#main/api/views.ts';
import { assertNever } from '#domain/assert-never.ts';
import { clockTime, waitingTime } from './dates.ts';

/** How a state wants to be seen: `quiet` is silent, `amber` informs, `red` asks for an action and names it. */
export type Tone = 'quiet' | 'amber' | 'red';

export interface Words {
  readonly tone: Tone;
  readonly text: string;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** "12 waiting, 3 min". */
function waitingWords(sync: SyncStatus, now: Date): string {
  const time = sync.oldestWaitingAt === null ? null : waitingTime(sync.oldestWaitingAt, now);
  return time === null ? `${count(sync.waiting)} waiting` : `${count(sync.waiting)} waiting, ${time}`;
}

function offlineWords(sync: SyncStatus, now: Date): string {
  const since = sync.offlineSince === null ? 'offline' : `offline since ${clockTime(sync.offlineSince, now)}`;
  const selling = `${since}, selling normally`;
  return sync.waiting === 0 ? selling : `${selling} · ${count(sync.waiting)} waiting`;
}

/** What the badge says about the way to the server. */
export function syncWords(sync: SyncStatus, now: Date): Words {
  switch (sync.state) {
    case 'off':
      return { tone: 'quiet', text: 'not connected to a server' };
    case 'offline':
      return { tone: 'amber', text: offlineWords(sync, now) };
    case 'connecting':
      return { tone: sync.offlineSince === null ? 'quiet' : 'amber', text: offlineOrConnecting(sync, now) };
    case 'catching_up':
      return {
        tone: 'quiet',
        text: sync.waiting === 0 ? 'catching up' : `sending, ${waitingWords(sync, now)}`,
      };
    case 'live':
      return { tone: 'quiet', text: sync.waiting === 0 ? 'all sent' : waitingWords(sync, now) };
    case 'refused':
      return {
        tone: 'red',
        text: `the server refuses this till: call support · ${count(sync.waiting)} waiting`,
      };
    default:
      return assertNever(sync.state);
  }
}

/** An engine that has been offline for a while flips between offline and connecting; the cashier reads one sentence. */
function offlineOrConnecting(sync: SyncStatus, now: Date): string {
  if (sync.offlineSince !== null) return offlineWords(sync, now);
  return sync.waiting === 0 ? 'connecting' : `connecting, ${count(sync.waiting)} waiting`;
}

export function printerWords(printer: TillStatus['printer']): Words {
  switch (printer.state) {
    case 'none':
      return { tone: 'quiet', text: 'no printer' };
    case 'ready':
      return printer.waiting === 0
        ? { tone: 'quiet', text: 'printer ready' }
        : { tone: 'amber', text: `${count(printer.waiting)} receipts waiting` };
    case 'printing':
      return { tone: 'quiet', text: 'printing' };
    case 'held':
      return { tone: 'red', text: printer.problem ?? 'Printer: see whether it has paper and power.' };
    default:
      return assertNever(printer.state);
  }
}

export function drawerWords(drawer: TillStatus['drawer']): Words {
  switch (drawer.state) {
    case 'none':
      return { tone: 'quiet', text: 'no drawer' };
    case 'ready':
      return { tone: 'quiet', text: 'drawer ready' };
    case 'failed':
      return { tone: 'red', text: drawer.problem ?? 'Drawer: open it with the key.' };
    default:
      return assertNever(drawer.state);
  }
}

/** Where no receipt waits; "out" only on the printer's word. */
export function emptyQueueWords(printer: TillStatus['printer']): string {
  if (printer.state === 'none') return 'No receipt is waiting';
  return printer.confirms ? 'Every receipt is out' : 'Every receipt was sent';
}

/** What became of the receipt of the sale that has just ended. */
export function receiptWords(printer: TillStatus['printer']): Words {
  switch (printer.state) {
    case 'none':
      return { tone: 'quiet', text: 'No printer is set up on this till.' };
    case 'printing':
      return { tone: 'quiet', text: 'The receipt is printing.' };
    case 'ready':
      return printer.waiting === 0
        ? {
            tone: 'quiet',
            text: printer.confirms ? 'The receipt is out.' : 'The receipt was sent to the printer.',
          }
        : { tone: 'quiet', text: 'The receipt is waiting for the printer.' };
    case 'held':
      return {
        tone: 'red',
        text: `${printer.problem ?? 'The printer does not answer.'} The receipt is kept and prints afterwards.`,
      };
    default:
      return assertNever(printer.state);
  }
}
