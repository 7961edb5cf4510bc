import type { SaleView } from '#main/api/views.ts';
import { assertNever } from '#domain/assert-never.ts';

/** Why the sale cannot be paid yet, short enough to stand on the Pay button; null when it can. */
export function payHindrance({ outcome, minimumAge }: SaleView['age']): string | null {
  switch (outcome) {
    case 'needed':
      return 'ID first';
    case 'refused':
      return minimumAge === null ? 'Under age' : `Under ${minimumAge}`;
    case 'not_needed':
    case 'confirmed':
      return null;
    default:
      return assertNever(outcome);
  }
}
