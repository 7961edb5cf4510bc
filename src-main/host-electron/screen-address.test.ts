import { expect, test } from 'vitest';
import { SCREEN_URL, isOwnScreen, isScreenUrl } from './screen-address.ts';

test('the page of the till is its own', () => {
  expect(isOwnScreen({ url: SCREEN_URL, parent: null })).toBe(true);
  expect(isOwnScreen({ url: `${SCREEN_URL}#pay`, parent: null })).toBe(true);
});

test.each([
  ['another scheme', 'https://till/index.html'],
  ['a file', 'file:///index.html'],
  ['another host', 'holdfast://evil/index.html'],
  ['a host that begins alike', 'holdfast://till.evil/index.html'],
  ['a user in front of the host', 'holdfast://till@evil/index.html'],
  ['a user of the host', 'holdfast://evil@till/index.html'],
  ['an empty page', 'about:blank'],
  ['an inline page', 'data:text/html,x'],
  ['no URL', ''],
])('%s is not the till', (_what, url) => {
  expect(isScreenUrl(url)).toBe(false);
  expect(isOwnScreen({ url, parent: null })).toBe(false);
});

test('a frame inside the page does not call the till, not even with its address', () => {
  expect(isOwnScreen({ url: SCREEN_URL, parent: {} })).toBe(false);
});

test('a frame that is gone is nobody', () => {
  expect(isOwnScreen(null)).toBe(false);
});
