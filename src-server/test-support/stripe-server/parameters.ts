import type { Form } from './form-body.ts';
import { badParameter } from './refusal.ts';

/** Limits of Stripe's metadata: docs.stripe.com/metadata */
const METADATA = { keys: 50, keyLength: 40, valueLength: 500 };

/**
 * Reads an endpoint's parameters one by one; `refuseRest` then refuses the others as Stripe refuses parameters that it
 * does not know. This server knows fewer than Stripe: it refuses what it could not do.
 */
export class Parameters {
  readonly #form: Form;
  readonly #prefix: string;
  readonly #read = new Set<string>();

  constructor(form: Form, prefix = '') {
    this.#form = form;
    this.#prefix = prefix;
  }

  text(name: string, choices?: readonly string[]): string | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string')
      throw badParameter(this.#full(name), `Invalid string: ${JSON.stringify(value)}`);
    if (value === '') {
      throw badParameter(
        this.#full(name),
        `You passed an empty string for '${name}'.`,
        'parameter_invalid_empty',
      );
    }
    if (choices !== undefined && !choices.includes(value)) {
      throw badParameter(this.#full(name), `Invalid ${name}: must be one of ${choices.join(', ')}`);
    }
    return value;
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^-?\d{1,15}$/.test(value)) {
      throw badParameter(this.#full(name), `Invalid integer: ${value}`, 'parameter_invalid_integer');
    }
    return Number(value);
  }

  flag(name: string): boolean {
    return this.text(name, ['true', 'false']) === 'true';
  }

  list(name: string): string[] | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string') throw badParameter(this.#full(name), 'Invalid array');
    return Object.entries(value).map(([key, element]) => {
      if (!/^\d+$/.test(key) || typeof element !== 'string') {
        throw badParameter(this.#full(name), 'Invalid array');
      }
      return element;
    });
  }

  metadata(): Record<string, string> {
    const value = this.#take('metadata') ?? {};
    if (typeof value === 'string') throw badParameter('metadata', 'Invalid object');
    const entries = Object.entries(value);
    if (entries.length > METADATA.keys) throw badParameter('metadata', 'Metadata can have up to 50 keys.');
    return Object.fromEntries(
      entries.map(([key, text]) => {
        if (typeof text !== 'string') throw badParameter('metadata', 'Metadata values are strings.');
        if (key.length > METADATA.keyLength || text.length > METADATA.valueLength) {
          throw badParameter('metadata', 'Metadata keys have up to 40 characters, values up to 500.');
        }
        return [key, text];
      }),
    );
  }

  inside(name: string): Parameters | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string') throw badParameter(this.#full(name), 'Invalid object');
    return new Parameters(value, this.#full(name));
  }

  required<Value>(name: string, value: Value | undefined): Value {
    if (value === undefined) {
      throw badParameter(
        this.#full(name),
        `Missing required param: ${this.#full(name)}.`,
        'parameter_missing',
      );
    }
    return value;
  }

  refuseRest(): void {
    const unknown = Object.keys(this.#form).find((name) => !this.#read.has(name));
    if (unknown === undefined) return;
    const name = this.#full(unknown);
    throw badParameter(name, `Received unknown parameter: ${name}`, 'parameter_unknown');
  }

  #take(name: string): string | Form | undefined {
    this.#read.add(name);
    return this.#form[name];
  }

  #full(name: string): string {
    return this.#prefix === '' ? name : `${this.#prefix}[${name}]`;
  }
}
