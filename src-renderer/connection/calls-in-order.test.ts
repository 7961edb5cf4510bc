import { describe, expect, it } from 'vitest';
import { CallsInOrder } from './calls-in-order.ts';

describe('calls in order', () => {
  it('starts a call only when the one before it has settled', async () => {
    const calls = new CallsInOrder();
    const log: string[] = [];
    const first = Promise.withResolvers<void>();
    const one = calls.run(async () => {
      log.push('one starts');
      await first.promise;
      log.push('one ends');
    });
    const two = calls.run(async () => {
      log.push('two starts');
      return Promise.resolve();
    });
    await Promise.resolve();
    await Promise.resolve();
    expect(log).toEqual(['one starts']);
    first.resolve();
    await Promise.all([one, two]);
    expect(log).toEqual(['one starts', 'one ends', 'two starts']);
  });

  it('goes on after a refused call and hands the refusal to its caller alone', async () => {
    const calls = new CallsInOrder();
    const refused = calls.run(() => Promise.reject(new Error('unknown barcode')));
    const next = calls.run(() => Promise.resolve('added'));
    await expect(refused).rejects.toThrow('unknown barcode');
    await expect(next).resolves.toBe('added');
  });
});
