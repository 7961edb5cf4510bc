import type { Till } from './till.ts';

/**
 * What Enter does on a sale, and the Pay button: digits in the open age question are answered first, else the payment
 * begins, which leads to the question when it has been put aside.
 */
export async function payOrAnswer(till: Till): Promise<void> {
  const { birthDateOpen, birthDateDigits } = till.view.getState();
  await (birthDateOpen && birthDateDigits !== '' ? till.sale.answerAge() : till.payment.begin());
}
