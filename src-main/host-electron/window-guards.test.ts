import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';
import { SCREEN_URL } from './screen-address.ts';
import { guardContents, guardSession } from './window-guards.ts';

class FakeContents extends EventEmitter {
  openHandler: ((details: never) => unknown) | undefined;
  setWindowOpenHandler(handler: (details: never) => unknown): void {
    this.openHandler = handler;
  }
}

function guarded(): FakeContents {
  const contents = new FakeContents();
  guardContents(contents);
  return contents;
}

function isPrevented(contents: EventEmitter, event: string, url: string): boolean {
  const preventDefault = vi.fn<() => void>();
  contents.emit(event, { url, preventDefault });
  return preventDefault.mock.calls.length > 0;
}

test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])(
  '%s leads nowhere but to the till',
  (event) => {
    const contents = guarded();
    expect(isPrevented(contents, event, 'https://example.com/')).toBe(true);
    expect(isPrevented(contents, event, 'file:///etc/passwd')).toBe(true);
    expect(isPrevented(contents, event, SCREEN_URL)).toBe(false);
  },
);

test('opens no other window and no page inside the page', () => {
  const contents = guarded();
  expect(contents.openHandler?.(undefined as never)).toEqual({ action: 'deny' });
  expect(isPrevented(contents, 'will-attach-webview', SCREEN_URL)).toBe(true);
});

test('grants no permission and no device', () => {
  const verdicts: unknown[] = [];
  guardSession({
    setPermissionRequestHandler: (handler) =>
      handler?.(undefined as never, 'media', (granted) => verdicts.push(granted), undefined as never),
    setPermissionCheckHandler: (handler) =>
      verdicts.push(handler?.(null, 'hid', 'holdfast://till', undefined as never)),
    setDevicePermissionHandler: (handler) => verdicts.push(handler?.(undefined as never)),
  });
  expect(verdicts).toEqual([false, false, false]);
});
