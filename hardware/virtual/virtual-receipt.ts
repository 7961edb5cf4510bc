import type { Operation } from './escpos-operation.ts';

/** A receipt that came out of the virtual printer. */
export interface VirtualReceipt {
  /** 1, 2, 3 … since the start. */
  readonly id: number;
  readonly printedAt: Date;
  readonly operations: readonly Operation[];
  readonly text: string;
  readonly svg: string;
}
