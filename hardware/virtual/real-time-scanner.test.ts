import { expect, test } from 'vitest';
import { RealTimeScanner } from './real-time-scanner.ts';

test('finds requests across packets, between text and after a stray DLE', () => {
  const scanner = new RealTimeScanner();
  const found = [
    [0x41, 0x10],
    [0x04],
    [0x02, 0x10, 0x10, 0x04, 0x01, 0x42],
    [0x10, 0x14, 1, 1],
    [2, 0x10, 0x41],
  ];
  expect(found.flatMap((bytes) => scanner.push(Uint8Array.from(bytes)))).toEqual([
    { kind: 'status', n: 2 },
    { kind: 'status', n: 1 },
    { kind: 'pulse', pin: 5 },
  ]);
});
