/** `metadata[order_id]=ORD-1&payment_method_types[0]=card`, as Stripe takes it: nested names in brackets. */
import { badParameter } from './refusal.ts';

export interface Form {
  [name: string]: string | Form;
}

/** `amount` or `metadata[order_id]` or `expand[]` */
const NAME = /^([a-z_]+)((?:\[[^[\]]*\])*)$/;

/** @throws {StripeRefusal} for a name that is not one, or one that is a value and an object at once. */
export function readForm(text: string): Form {
  const form: Form = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const [, first, brackets] = NAME.exec(name) ?? [];
    if (first === undefined) throw badParameter(name, `Invalid parameter name: ${name}`);
    const inner = Array.from((brackets ?? '').matchAll(/\[([^\]]*)\]/g), ([, key]) => key ?? '');
    put(form, [first, ...inner], value, name);
  }
  return form;
}

function put(form: Form, path: readonly string[], value: string, name: string): void {
  let at = form;
  for (const step of path.slice(0, -1)) {
    const next = (at[step] ??= {});
    if (typeof next === 'string') throw badParameter(name, `Invalid ${name}: it is a value and an object`);
    at = next;
  }
  const last = path.at(-1) ?? '';
  // `expand[]` repeated counts up, `expand[0]` says its place.
  const key = last === '' ? String(Object.keys(at).length) : last;
  if (Object.hasOwn(at, key)) throw badParameter(name, `Received ${name} twice`);
  at[key] = value;
}
