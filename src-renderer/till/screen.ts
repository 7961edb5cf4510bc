import type { Facts } from './facts.ts';
import type { View } from '../view/view.ts';

export type Screen = 'link_expired' | 'starting' | 'sign_in' | 'sell' | 'pay' | 'done' | 'manager' | 'system';

/** Which screen the facts call for. While the connection is lost the last one stays. */
export function screenOf(facts: Facts, view: Pick<View, 'place'>): Screen {
  if (facts.connection === 'unauthorized') return 'link_expired';
  if (facts.status === null) return 'starting';
  if (facts.status.person === null) return 'sign_in';
  if (facts.sale === null) return 'starting';
  if (view.place === 'manager' && facts.status.person.role === 'manager') return 'manager';
  if (view.place === 'system' && facts.status.person.role === 'manager') return 'system';
  if (facts.completed !== null) return 'done';
  return facts.sale.phase === 'paying' ? 'pay' : 'sell';
}
