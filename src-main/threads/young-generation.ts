/**
 * How much garbage V8 gathers before it clears it away. By itself it takes 128 MB and more a thread as soon as there is work, and
 * keeps it: on a store PC with 4 GB that is felt. Both ends of a drained backlog are as quick with a sixteenth of it
 * (docs/benchmarks.md, `memory_…`). It can be said only when a process or thread starts.
 */
const SEMI_SPACE_MB = 8;

/** For Node, before the module. */
export const SMALL_YOUNG_GENERATION = `--max-semi-space-size=${SEMI_SPACE_MB}`;

/** For a worker thread: two halves, and what has just survived them. */
export const SMALL_YOUNG_GENERATION_LIMITS = { maxYoungGenerationSizeMb: 3 * SEMI_SPACE_MB } as const;
