/** What was opened, to be closed in the opposite order. */
export interface CloseStack {
  push(close: () => Promise<void>): void;
  /**
   * Closes all of it, also behind one that cannot be closed: what stays open keeps the process from ending.
   * @throws {unknown} what the first of those said
   */
  close(): Promise<void>;
}

export function createCloseStack(): CloseStack {
  const closers: (() => Promise<void>)[] = [];
  return {
    push(close) {
      closers.push(close);
    },
    async close() {
      const failures: unknown[] = [];
      for (const close of closers.splice(0).reverse()) {
        await close().catch((error: unknown) => failures.push(error));
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
