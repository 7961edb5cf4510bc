import { expect, test } from 'vitest';
import { drawerPulse, openDrawer, realTimeDrawerPulse } from './drawer-pulse.ts';
import { printerModel } from './printer-model.ts';

test('ESC p carries pin and both times in steps of 2 ms', () => {
  const first = drawerPulse({ pin: 2, onMilliseconds: 100, offMilliseconds: 500 });
  const second = drawerPulse({ pin: 5, onMilliseconds: 120, offMilliseconds: 240 });
  expect([...first]).toEqual([0x1b, 0x70, 0, 50, 250]);
  expect([...second]).toEqual([0x1b, 0x70, 1, 60, 120]);
});

test('times beyond one byte are held at its ends', () => {
  expect([...drawerPulse({ pin: 2, onMilliseconds: 9_000, offMilliseconds: 0 })]).toEqual([
    0x1b, 0x70, 0, 255, 1,
  ]);
});

test('the real-time pulse counts in tenths of a second, at most eight', () => {
  expect([...realTimeDrawerPulse({ pin: 2, onMilliseconds: 100 })]).toEqual([0x10, 0x14, 1, 0, 1]);
  expect([...realTimeDrawerPulse({ pin: 5, onMilliseconds: 9_000 })]).toEqual([0x10, 0x14, 1, 1, 8]);
});

test('a model opens its drawer by the best command it knows', () => {
  expect([...openDrawer(printerModel('epson-tm-m30'))]).toEqual([0x10, 0x14, 1, 0, 1]);
  expect([...openDrawer(printerModel('generic-58mm'))]).toEqual([0x1b, 0x70, 0, 50, 250]);
});
