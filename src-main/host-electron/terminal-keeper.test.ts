import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepTerminal } from './terminal-keeper.ts';
import type { FromTerminal, ToTerminal } from './terminal-messages.ts';

const open = { folder: '/till', moved: {}, logFile: null };

/** Processes that do nothing by themselves: the test says what each of them says, and when it ends. */
function stage() {
  const processes: {
    readonly received: ToTerminal[];
    readonly killed: () => boolean;
    say: (message: FromTerminal) => void;
    exit: (code: number | null) => void;
  }[] = [];
  const events = {
    onPush: vi.fn<(name: string, body: unknown) => void>(),
    onReady: vi.fn<() => void>(),
    onDeath: vi.fn<(exitCode: number | null) => void>(),
    onGivenUp: vi.fn<(refusal: { code: string; message: string }) => void>(),
  };
  const keeper = keepTerminal({
    ...events,
    open,
    start() {
      const received: ToTerminal[] = [];
      let killed = false;
      const staged = {
        received,
        killed: () => killed,
        say: (_message: FromTerminal): void => undefined,
        exit: (_code: number | null): void => undefined,
      };
      processes.push(staged);
      return {
        line: {
          send: (message) => received.push(message),
          onMessage: (listener) => {
            staged.say = listener;
          },
        },
        onExit: (listener) => {
          staged.exit = listener;
        },
        kill: () => {
          killed = true;
        },
      };
    },
  });
  const latest = () => {
    const last = processes.at(-1);
    if (!last) throw new Error('no process was started');
    return last;
  };
  return { keeper, processes, latest, ...events };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('tells the process first which till to open, then passes calls on', () => {
  const { keeper, latest } = stage();
  void keeper.call('status.get', {});
  expect(latest().received).toEqual([
    { kind: 'open', ...open },
    { kind: 'call', id: 1, name: 'status.get', request: {} },
  ]);
});

test('starts a dead process again and tells it the same till', () => {
  const { processes, latest, onDeath, onReady } = stage();
  latest().say({ kind: 'ready' });
  latest().exit(null);
  expect(onDeath).toHaveBeenCalledWith(null);
  expect(processes).toHaveLength(1);
  vi.advanceTimersByTime(500);
  expect(processes).toHaveLength(2);
  expect(latest().received).toEqual([{ kind: 'open', ...open }]);
  latest().say({ kind: 'ready' });
  expect(onReady).toHaveBeenCalledTimes(2);
});

test('does not try again what only a person can put right', () => {
  const { processes, latest, onGivenUp, onDeath } = stage();
  latest().say({ kind: 'refused', code: 'store_corrupt', message: 'Damaged.' });
  latest().exit(0);
  vi.advanceTimersByTime(60_000);
  expect(onGivenUp).toHaveBeenCalledExactlyOnceWith({ code: 'store_corrupt', message: 'Damaged.' });
  expect(onDeath).not.toHaveBeenCalled();
  expect(processes).toHaveLength(1);
});

test('gives up after five starts in a row that never got ready, and not before', () => {
  const { processes, latest, onGivenUp } = stage();
  for (let start = 1; start <= 4; start += 1) {
    latest().exit(1);
    vi.advanceTimersByTime(500);
  }
  expect(processes).toHaveLength(5);
  expect(onGivenUp).not.toHaveBeenCalled();
  latest().exit(1);
  vi.advanceTimersByTime(60_000);
  expect(processes).toHaveLength(5);
  expect(onGivenUp).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'died' }));
});

test('a start that got ready forgives the ones before it', () => {
  const { processes, latest, onGivenUp } = stage();
  for (let start = 1; start <= 10; start += 1) {
    if (start % 4 === 0) latest().say({ kind: 'ready' });
    latest().exit(1);
    vi.advanceTimersByTime(500);
  }
  expect(processes).toHaveLength(11);
  expect(onGivenUp).not.toHaveBeenCalled();
});

test('closing asks once, waits for the end, and starts nothing afterwards', async () => {
  const { keeper, processes, latest, onDeath } = stage();
  latest().say({ kind: 'ready' });
  const closed = Promise.all([keeper.close(), keeper.close()]);
  expect(latest().received.filter(({ kind }) => kind === 'close')).toHaveLength(1);
  latest().exit(0);
  await closed;
  vi.advanceTimersByTime(60_000);
  expect(processes).toHaveLength(1);
  expect(latest().killed()).toBe(false);
  expect(onDeath).not.toHaveBeenCalled();
  expect(await keeper.call('status.get', {})).toMatchObject({
    ok: false,
    error: { code: 'connection_lost' },
  });
});

test('a process that does not close is ended', async () => {
  const { keeper, latest } = stage();
  const closed = keeper.close();
  vi.advanceTimersByTime(10_000);
  expect(latest().killed()).toBe(true);
  latest().exit(null);
  await closed;
});

test('closing between two starts leaves none running', async () => {
  const { keeper, processes, latest } = stage();
  latest().exit(1);
  await keeper.close();
  vi.advanceTimersByTime(60_000);
  expect(processes).toHaveLength(1);
});
