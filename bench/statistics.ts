/** @returns the value below which `share` of the samples lie; samples need not be sorted */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new RangeError('No samples');
  return value;
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

/** Three significant digits are more than this machine can tell. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
