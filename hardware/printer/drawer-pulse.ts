import type { PrinterModel } from './printer-model.ts';

export interface DrawerPulse {
  /** Pin of the drawer connector: 2 for the first drawer, 5 for a second one. */
  readonly pin: 2 | 5;
  readonly onMilliseconds: number;
  readonly offMilliseconds: number;
}

/** ESC p counts in steps of 2 ms and has one byte for each time. */
function steps(milliseconds: number): number {
  return Math.min(255, Math.max(1, Math.round(milliseconds / 2)));
}

/**
 * `ESC p m t1 t2`. All five bytes are always there: a pulse without its times makes the printer swallow the
 * next two bytes as times, which then are missing from the receipt.
 */
export function drawerPulse(pulse: DrawerPulse): Uint8Array {
  return Uint8Array.of(
    0x1b,
    0x70,
    pulse.pin === 2 ? 0 : 1,
    steps(pulse.onMilliseconds),
    steps(pulse.offMilliseconds),
  );
}

/** `DLE DC4 1 m t`: acted upon at once, also by a printer that is out of paper. Steps of 100 ms, 1 to 8. */
export function realTimeDrawerPulse(pulse: Pick<DrawerPulse, 'pin' | 'onMilliseconds'>): Uint8Array {
  const tenths = Math.min(8, Math.max(1, Math.round(pulse.onMilliseconds / 100)));
  return Uint8Array.of(0x10, 0x14, 0x01, pulse.pin === 2 ? 0 : 1, tenths);
}

/** The best pulse this model knows: change must come out of the drawer although the paper has run out. */
export function openDrawer(model: PrinterModel): Uint8Array {
  return model.drawer.realTime ? realTimeDrawerPulse(model.drawer) : drawerPulse(model.drawer);
}
