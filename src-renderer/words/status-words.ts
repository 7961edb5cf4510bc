import type { SyncStatus } from '#main/api/sync-status.ts';
import type { TillStatus } from '#main/api/views.ts';
import { assertNever } from '#domain/assert-never.ts';
import { clockTime, durationWords, waitingTime } from './dates.ts';

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
function waitingWords({ up }: SyncStatus, now: Date): string {
  const time = up.oldestWaitingAt === null ? null : waitingTime(up.oldestWaitingAt, now);
  return time === null ? `${count(up.waiting)} waiting` : `${count(up.waiting)} waiting, ${time}`;
}

function offlineWords(sync: SyncStatus, now: Date): string {
  const since = sync.offlineSince === null ? 'offline' : `offline since ${clockTime(sync.offlineSince, now)}`;
  const selling = `${since}, selling normally`;
  return sync.up.waiting === 0 ? selling : `${selling} · ${count(sync.up.waiting)} waiting`;
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
    case 'recovering':
      return { tone: 'amber', text: "getting this till's own sales back from the server" };
    case 'catching_up':
      return { tone: 'quiet', text: sendingWords(sync, now) };
    case 'live':
      return liveWords(sync, now);
    case 'refused':
      return { tone: 'red', text: `${refusalWords(sync.refusal)} · ${count(sync.up.waiting)} waiting` };
    default:
      return assertNever(sync.state);
  }
}

/** An engine that has been offline for a while flips between offline and connecting; the cashier reads one sentence. */
function offlineOrConnecting(sync: SyncStatus, now: Date): string {
  if (sync.offlineSince !== null) return offlineWords(sync, now);
  return sync.up.waiting === 0 ? 'connecting' : `connecting, ${count(sync.up.waiting)} waiting`;
}

function sendingWords(sync: SyncStatus, now: Date): string {
  const { up } = sync;
  if (up.waiting === 0) return 'catching up';
  if (up.paused) return `${waitingWords(sync, now)}: the server is busy`;
  const left = up.secondsLeft === null || up.secondsLeft < 5 ? null : durationWords(up.secondsLeft);
  return left === null
    ? `sending, ${waitingWords(sync, now)}`
    : `sending, ${count(up.waiting)} left, ${left}`;
}

/** All sent; unless the prices are still on their way, which a cashier wants to know before he blames the shelf. */
function liveWords(sync: SyncStatus, now: Date): Words {
  const { down, up } = sync;
  if (down.state === 'loading') return { tone: 'amber', text: loadingWords(down) };
  return { tone: 'quiet', text: up.waiting === 0 ? 'all sent' : waitingWords(sync, now) };
}

/**
 * A till that knows nobody yet: people and prices come with its first snapshot. One that was set up from files before it had a
 * server has written events and sells; a PC that took over from another begins behind that one's events, with an empty disk.
 */
export function waitsForFirstLoad({ state, epoch, up, down }: SyncStatus): boolean {
  return state !== 'off' && down.cursor === null && (up.lastSeq === 0 || epoch > 1);
}

/** "loading the catalogue, 42%". */
export function loadingWords({ snapshot }: SyncStatus['down']): string {
  if (snapshot === null) return 'loading the catalogue';
  const fetched = share(snapshot.receivedBytes, snapshot.totalBytes);
  const applied = share(snapshot.appliedRecords, snapshot.totalRecords);
  return `loading the catalogue, ${Math.floor((fetched + applied) * 50)}%`;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.min(1, part / whole);
}

/** Why the server refuses this till, and what to do. It sells on in each case. */
function refusalWords(refusal: SyncStatus['refusal']): string {
  switch (refusal) {
    case 'protocol_unsupported':
      return 'selling normally, but this till must be updated: call IT';
    case 'forked':
    case 'behind':
      return 'another till works under this name: call IT';
    case 'unauthorized':
      return 'the server does not know this till: call IT';
    case 'not_understood':
    case null:
      return 'the server refuses this till: call IT';
    default:
      return assertNever(refusal);
  }
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
