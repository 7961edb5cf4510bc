import { InvalidArgumentError } from 'commander';

/** Parses a count on a command line. */
export function wholeNumberOption(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('a whole number from 1');
  return number;
}
