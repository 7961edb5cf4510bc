/** Starts `work` after `ms`; what it returns cancels it. Injected, so that a test can be the clock. */
export type SetTimer = (work: () => void, ms: number) => () => void;

export const realTimer: SetTimer = (work, ms) => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};
