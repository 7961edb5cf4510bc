/** What a server has said, by the name of the field: most of it names things that exist there. */
export interface KnownValues {
  /** Remembers the fields of an answer, however deep. */
  learn(answer: unknown): void;
  /** The newest of this name. */
  readonly of: (name: string) => readonly unknown[];
}

const KEPT = 8;

export function knownValues(): KnownValues {
  const known = new Map<string, unknown[]>();
  function remember(name: string, value: unknown): void {
    const values = known.get(name) ?? [];
    if (!values.includes(value)) known.set(name, [...values, value].slice(-KEPT));
  }
  function learn(answer: unknown): void {
    if (typeof answer !== 'object' || answer === null) return;
    for (const [name, value] of Object.entries(answer)) {
      if (typeof value === 'object') {
        learn(value);
        continue;
      }
      remember(name, value);
      // Under other names in addresses and headers.
      if (name.endsWith('_id')) remember('id', value);
      if (name === 'version') remember('if-match', `"${String(value)}"`);
    }
  }
  return { learn, of: (name) => known.get(name) ?? [] };
}
