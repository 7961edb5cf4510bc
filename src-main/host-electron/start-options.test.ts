import { expect, test } from 'vitest';
import { outsideArchive } from './outside-archive.ts';
import { readStartOptions } from './start-options.ts';

test('a till started without options is where it always is, in a window', () => {
  expect(readStartOptions(['main.mjs'])).toEqual({
    data: undefined,
    moved: {},
    kiosk: false,
    announce: false,
  });
});

test('takes its options from among those of Chromium', () => {
  expect(
    readStartOptions([
      'main.mjs',
      '--no-sandbox',
      '--data=/till',
      '--force-device-scale-factor=2',
      '--server',
      'http://127.0.0.1:7421',
      '--printer=10.0.0.9:9100',
      '--kiosk',
      '--announce',
    ]),
  ).toEqual({
    data: '/till',
    moved: { server: 'http://127.0.0.1:7421', printer: { host: '10.0.0.9', port: 9100 } },
    kiosk: true,
    announce: true,
  });
});

test.each([
  ['--data'],
  ['--data='],
  ['--server=nowhere'],
  ['--printer=9100'],
  ['--printer=host:0'],
  ['--printer=host:65536'],
])('%s is refused by its name', (argument) => {
  const [name = ''] = argument.split('=');
  expect(() => readStartOptions([argument])).toThrow(name);
});

test('what the terminal process runs lies outside the archive, with either slash', () => {
  expect(outsideArchive('/opt/Holdfast/resources/app.asar/dist/electron/terminal/terminal.mjs')).toBe(
    '/opt/Holdfast/resources/app.asar.unpacked/dist/electron/terminal/terminal.mjs',
  );
  expect(outsideArchive('C:\\Holdfast\\resources\\app.asar\\dist\\a.mjs')).toBe(
    'C:\\Holdfast\\resources\\app.asar.unpacked\\dist\\a.mjs',
  );
  expect(outsideArchive('/opt/holdfast/dist/electron/terminal/terminal.mjs')).toBe(
    '/opt/holdfast/dist/electron/terminal/terminal.mjs',
  );
  expect(outsideArchive('/x/app.asar.unpacked/a.mjs')).toBe('/x/app.asar.unpacked/a.mjs');
});
