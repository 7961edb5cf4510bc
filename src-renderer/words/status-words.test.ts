import { describe, expect, it } from 'vitest';
import type { SyncStatus } from '#main/api/sync-status.ts';
import { clockTime, usDate, waitingTime } from './dates.ts';
import { fakeSync } from '../testing/fake-sync.ts';
import { bytes, clockFigure } from './sync-figures.ts';
import { emptyQueueWords, printerWords, receiptWords, syncWords, waitsForFirstLoad } from './status-words.ts';

const now = new Date(2026, 10, 23, 10, 45);
const at = (hour: number, minute: number, day = 23) => new Date(2026, 10, day, hour, minute).toISOString();

function sync(changes: Partial<SyncStatus>, up: Partial<SyncStatus['up']> = {}): SyncStatus {
  const quiet = fakeSync(changes);
  return { ...quiet, up: { ...quiet.up, ...up } };
}

describe('the sync badge', () => {
  it('is silent when everything is sent', () => {
    expect(syncWords(sync({}), now)).toEqual({ tone: 'quiet', text: 'all sent' });
  });

  it('says how many wait, and how long once that is a minute', () => {
    expect(syncWords(sync({}, { waiting: 12 }), now).text).toBe('12 waiting');
    expect(syncWords(sync({}, { waiting: 12, oldestWaitingAt: at(10, 42) }), now).text).toBe(
      '12 waiting, 3 min',
    );
  });

  it('informs that the till sells offline, and how many wait', () => {
    const offline = sync({ state: 'offline', offlineSince: at(10, 42) });
    expect(syncWords(offline, now)).toEqual({
      tone: 'amber',
      text: 'offline since 10:42, selling normally',
    });
    expect(syncWords(sync(offline, { waiting: 1_200 }), now).text).toBe(
      'offline since 10:42, selling normally · 1,200 waiting',
    );
  });

  it('reads the same while an offline till tries to connect', () => {
    const offline = sync({ state: 'offline', offlineSince: at(10, 42) }, { waiting: 3 });
    expect(syncWords({ ...offline, state: 'connecting' }, now)).toEqual(syncWords(offline, now));
  });

  it('asks for an action when the server refuses the till', () => {
    const words = syncWords(sync({ state: 'refused', refusal: 'forked' }, { waiting: 5 }), now);
    expect(words).toEqual({ tone: 'red', text: 'another till works under this name: call IT · 5 waiting' });
  });
});

describe('a long way up or down', () => {
  it('says what is left and how long, and that the server is busy', () => {
    const sending = sync({ state: 'catching_up' }, { waiting: 90_000, secondsLeft: 45 });
    expect(syncWords(sending, now).text).toBe('sending, 90,000 left, 45 s');
    expect(syncWords(sync(sending, { paused: true }), now).text).toBe('90,000 waiting: the server is busy');
  });

  it('says how far the catalogue is while the till sells from the old one', () => {
    const snapshot = { receivedBytes: 100, totalBytes: 100, appliedRecords: 50, totalRecords: 100 };
    const { down } = fakeSync();
    const words = syncWords(sync({ down: { ...down, state: 'loading', snapshot } }), now);
    expect(words).toEqual({ tone: 'amber', text: 'loading the catalogue, 75%' });
  });
});

describe('the figures', () => {
  it('warn of a clock that is off, and of nothing less than a minute', () => {
    expect(clockFigure(sync({ clockSkewMs: -59_000 }))).toMatchObject({ value: 'right' });
    expect(clockFigure(sync({ clockSkewMs: 31_536_000_000 }))).toMatchObject({
      value: '365 days ahead of the server: set it right',
      attention: true,
    });
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_200, '1.2 kB'],
    [48_000_000, '48 MB'],
    [3_400_000_000, '3.4 GB'],
  ])('write %i bytes as %s', (size, words) => {
    expect(bytes(size)).toBe(words);
  });
});

describe('the printer', () => {
  it('is red with its own sentence when it holds receipts', () => {
    const problem = 'Out of paper: put in a new roll.';
    expect(printerWords({ state: 'held', waiting: 2, confirms: true, problem })).toEqual({
      tone: 'red',
      text: problem,
    });
  });

  it.each([
    [true, 'The receipt is out.', 'Every receipt is out'],
    [false, 'The receipt was sent to the printer.', 'Every receipt was sent'],
  ])('says that a receipt is out only on the printer’s word: %s', (confirms, receipt, queue) => {
    const printer = { state: 'ready', waiting: 0, confirms, problem: null } as const;
    expect(receiptWords(printer).text).toBe(receipt);
    expect(emptyQueueWords(printer)).toBe(queue);
  });

  it('speaks of no receipt where there is no printer', () => {
    const printer = { state: 'none', waiting: 0, confirms: false, problem: null } as const;
    expect(emptyQueueWords(printer)).toBe('No receipt is waiting');
  });
});

describe('a till that waits for its first load', () => {
  const { down } = fakeSync();
  const nothing = { ...down, cursor: null };
  it.each<[string, boolean, Partial<SyncStatus>, number]>([
    ['is new and has sold nothing', true, { down: nothing }, 0],
    ['is a PC that took over from another, behind its events', true, { down: nothing, epoch: 2 }, 5_000],
    ['is none that was set up from files and sells', false, { down: nothing }, 6],
    ['is none that has loaded', false, { epoch: 2 }, 5_000],
    ['is none that has no server', false, { state: 'off', down: nothing }, 0],
  ])('%s', (_name, waits, changes, lastSeq) => {
    expect(waitsForFirstLoad(sync(changes, { lastSeq }))).toBe(waits);
  });
});

describe('dates and times', () => {
  it('writes a birth date as on a US licence', () => {
    expect(usDate('1990-07-04')).toBe('07/04/1990');
  });

  it('names the day only when it is not today', () => {
    expect(clockTime(at(9, 5), now)).toBe('09:05');
    expect(clockTime(at(9, 5, 22), now)).toBe('Nov 22, 09:05');
  });

  it.each([
    [at(10, 45), null],
    [at(10, 44), '1 min'],
    [at(8, 45), '2 h'],
    [at(10, 45, 18), '5 days'],
  ])('%s has waited %s', (since, expected) => {
    expect(waitingTime(since, now)).toBe(expected);
  });
});
