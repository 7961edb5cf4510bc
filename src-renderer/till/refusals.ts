import type { ApiErrorCode } from '#main/api/errors.ts';
import { assertNever } from '#domain/assert-never.ts';

/**
 * Where the eye is when this is refused.
 *
 * - `sale`: on top of the sale
 * - `age`: in the age panel
 * - `payment`: under the amount due
 * - `receipts`: at the list of receipts, when one is open
 * - `sign_in`: under the PIN
 * - `anywhere`: wherever the person is looking now
 */
export type RefusalPlace = 'sale' | 'age' | 'payment' | 'receipts' | 'sign_in' | 'anywhere';

/** `attention`: do it again or otherwise. `stop`: this must not happen, or needs somebody. */
export type RefusalTone = 'attention' | 'stop';

export interface Presentation {
  readonly place: RefusalPlace;
  readonly tone: RefusalTone;
  /** `unknown`: nothing was found. `refused`: it was found, and must not be. */
  readonly sound: 'unknown' | 'refused';
}

function present(place: RefusalPlace, tone: RefusalTone, sound: Presentation['sound']): Presentation {
  return { place, tone, sound };
}

/** The one decision on how each refusal meets the cashier. A new code does not compile until it is decided here. */
export function presentationOf(code: ApiErrorCode): Presentation {
  switch (code) {
    case 'unreadable_barcode':
    case 'wrong_check_digit':
    case 'unknown_barcode':
    case 'unknown_item':
      return present('sale', 'attention', 'unknown');
    case 'inactive_item':
    case 'sale_too_large':
      return present('sale', 'stop', 'refused');
    case 'unknown_line':
    case 'quantity_out_of_range':
    case 'empty_sale':
    case 'not_in_payment':
    case 'another_order':
      return present('sale', 'attention', 'refused');
    case 'under_age':
      return present('age', 'stop', 'refused');
    case 'impossible_birth_date':
    case 'age_check_required':
      return present('age', 'attention', 'refused');
    case 'payment_in_progress':
    case 'total_changed':
    case 'not_enough_tendered':
    case 'too_much_tendered':
    case 'bad_approval_code':
    case 'already_paid':
      return present('payment', 'attention', 'refused');
    case 'unknown_order':
    case 'unknown_print_job':
    case 'print_job_not_held':
    case 'printer_not_set_up':
      return present('receipts', 'attention', 'refused');
    case 'wrong_pin':
    case 'too_many_attempts':
    case 'not_signed_in':
    case 'somebody_signed_in':
      return present('sign_in', 'attention', 'refused');
    case 'connection_lost':
    case 'bad_request':
    case 'unknown_method':
    case 'not_allowed':
      return present('anywhere', 'attention', 'refused');
    case 'internal':
    case 'till_recovering':
    case 'backup_failed':
    case 'disk_full':
    case 'store_failed':
      return present('anywhere', 'stop', 'refused');
    default:
      return assertNever(code);
  }
}
