/** From here on the largest size is too wide for the payment on the smallest screen: $10,000.00. */
const LONG_FIGURE = 10;

/** The size of the one figure that a screen is about. The line keeps its height, so that nothing below it moves. */
export function figureSize(figure: string): string {
  return figure.length < LONG_FIGURE ? 'text-3xl' : 'text-3xl-long';
}
