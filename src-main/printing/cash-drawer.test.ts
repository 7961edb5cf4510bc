import { describe, expect, test, vi } from 'vitest';
import { cashDrawer } from './cash-drawer.ts';
import type { ReceiptPrinter } from './receipt-printer.ts';

const READY = { state: 'ready', problem: null };

/** A printer whose pulses wait until the test settles them. */
function slowPrinter() {
  const pulses: PromiseWithResolvers<void>[] = [];
  const printer: ReceiptPrinter = {
    confirms: true,
    print: () => Promise.resolve('answered'),
    openDrawer: () => {
      const pulse = Promise.withResolvers<void>();
      pulses.push(pulse);
      return pulse.promise;
    },
  };
  return { printer, pulses };
}

const nothing = (): void => undefined;

describe('a pulse that is under way', () => {
  test('refuses the next one at once, and none follows it', async () => {
    const { printer, pulses } = slowPrinter();
    const drawer = cashDrawer(printer, nothing, nothing);
    const first = drawer.open();
    const second = drawer.open();
    expect(drawer.status()).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('key') as string,
    });
    pulses[0]?.resolve();
    await Promise.all([first, second]);
    expect(pulses).toHaveLength(1);
    expect(drawer.status()).toEqual(READY);

    const third = drawer.open();
    pulses[1]?.resolve();
    await third;
    expect(pulses).toHaveLength(2);
  });

  test('is waited for only so long, and still tells how it ended', async () => {
    const { printer, pulses } = slowPrinter();
    const changed = vi.fn<() => void>();
    const drawer = cashDrawer(printer, changed, nothing, 1);
    await drawer.open();
    expect(changed).not.toHaveBeenCalled();
    pulses[0]?.reject(new Error('stalled'));
    await vi.waitFor(() => expect(drawer.status().state).toBe('failed'));
    expect(changed).toHaveBeenCalledTimes(1);
  });
});

test('a log and a window that fail do not fail the drawer', async () => {
  const { printer, pulses } = slowPrinter();
  const fail = (): never => {
    throw new Error('disk full');
  };
  const drawer = cashDrawer(printer, fail, fail);
  const failing = drawer.open();
  pulses[0]?.reject(new Error('stalled'));
  await failing;
  expect(drawer.status().state).toBe('failed');
  const next = drawer.open();
  pulses[1]?.resolve();
  await next;
  expect(drawer.status()).toEqual(READY);
});
