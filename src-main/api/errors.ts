import { z } from 'zod';

/**
 * Every way in which a call can be refused. Closed: a new refusal is added here, and the screens' switch
 * over it no longer compiles until somebody has decided what the cashier sees.
 */
export const apiErrorCodes = [
  // the call itself
  'bad_request',
  'unknown_method',
  'not_signed_in',
  'not_allowed',
  'connection_lost',
  'internal',
  // signing in
  'wrong_pin',
  'too_many_attempts',
  'somebody_signed_in',
  // scanning and lines
  'unreadable_barcode',
  'wrong_check_digit',
  'unknown_barcode',
  'unknown_item',
  'inactive_item',
  'unknown_line',
  'quantity_out_of_range',
  'sale_too_large',
  'payment_in_progress',
  // age
  'under_age',
  'impossible_birth_date',
  'age_check_required',
  // payment
  'empty_sale',
  'not_in_payment',
  'total_changed',
  'not_enough_tendered',
  'too_much_tendered',
  'bad_approval_code',
  'unknown_order',
  'another_order',
  'already_paid',
  // receipts
  'unknown_print_job',
  'print_job_not_held',
  'printer_not_set_up',
  // the store
  'till_recovering',
  'backup_failed',
  'disk_full',
  'store_failed',
] as const;
export type ApiErrorCode = (typeof apiErrorCodes)[number];

export const apiErrorBodySchema = z.object({
  code: z.enum(apiErrorCodes),
  /** One sentence for the person at the till, with the next step where there is one. */
  message: z.string(),
  /** `now`: the same call may succeed at once; `later`: wait first; `never`: something must change. */
  retry: z.enum(['now', 'later', 'never']),
});
export type ApiErrorBody = z.infer<typeof apiErrorBodySchema>;

/**
 * A refused call. Nothing was changed, but for two codes: after `connection_lost` ask again what is, and `under_age`
 * has noted the customer's age, which is why it refuses.
 */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly retry: ApiErrorBody['retry'];

  constructor(code: ApiErrorCode, message: string, retry: ApiErrorBody['retry'] = 'never') {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.retry = retry;
  }

  toBody(): ApiErrorBody {
    return { code: this.code, message: this.message, retry: this.retry };
  }
}
