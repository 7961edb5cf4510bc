import fc from 'fast-check';

/** Draws values in the middle of a property: what is drawn next may depend on what was. Repeatable by fast-check's seed. */
export interface Draw {
  oneOf<Value>(values: readonly Value[]): Value;
  from<Value>(arbitrary: fc.Arbitrary<Value>): Value;
}

/** Runs `work` as often as told, each time with other draws. Stops at the first failure: requests cannot be unsent. */
export async function drawn(numRuns: number, work: (draw: Draw) => Promise<void>): Promise<void> {
  const property = fc.asyncProperty(fc.gen(), async (generate) => {
    const from = <Value>(arbitrary: fc.Arbitrary<Value>): Value => generate(() => arbitrary);
    await work({ from, oneOf: (values) => from(fc.constantFrom(...values)) });
  });
  await fc.assert(property, { numRuns, endOnFailure: true });
}
