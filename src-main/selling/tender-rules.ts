import { ApiError } from '../api/errors.ts';
import { type Cents, cents, subtractCents } from '#domain/money/cents.ts';
import { formatDollars } from '#domain/money/format.ts';

/** More change than this is a typing slip or a barcode in the amount field, not a customer's note. */
const MOST_CHANGE = cents(100_000);

/** @returns the change. @throws {ApiError} not_enough_tendered, too_much_tendered */
export function cashChange(total: Cents, tendered: Cents): Cents {
  const change = subtractCents(tendered, total);
  if (change < 0) {
    throw new ApiError(
      'not_enough_tendered',
      `${formatDollars(tendered)} is less than ${formatDollars(total)}.`,
      'now',
    );
  }
  if (change > MOST_CHANGE) {
    throw new ApiError(
      'too_much_tendered',
      `${formatDollars(tendered)} would give ${formatDollars(change)} change. Type the amount again.`,
      'now',
    );
  }
  return change;
}

/** Card terminals print four to twelve letters and digits. @throws {ApiError} bad_approval_code */
export function approvalCode(typed: string): string {
  const code = typed.trim().toUpperCase();
  if (/^[A-Z0-9]{4,12}$/.test(code)) return code;
  throw new ApiError(
    'bad_approval_code',
    'An approval code has four to twelve letters or digits. It stands on the card slip.',
    'now',
  );
}
