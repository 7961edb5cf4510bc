/** The till that the benchmark enrols. */
export const BENCH_TERMINAL = { terminalId: 'T1', locationId: 'STORE-001' } as const;
