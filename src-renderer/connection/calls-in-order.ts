/**
 * One call to the terminal after the other, in the order in which the cashier asked. A scan that arrives while the
 * previous one is under way waits for its turn; a failed call does not hold up the next one.
 */
export class CallsInOrder {
  #last: Promise<unknown> = Promise.resolve();

  run<Result>(call: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(call, call);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
