import { CARE_JOBS, type CareJob } from './care-jobs.ts';
import { SABOTAGED_JOBS } from './sabotaged-jobs.ts';

const JOBS: ReadonlyMap<string, CareJob> = new Map([
  ...Object.entries(CARE_JOBS),
  ...Object.entries(SABOTAGED_JOBS),
]);

export function jobNamed(name: string): CareJob {
  const job = JOBS.get(name);
  if (!job) throw new Error(`There is no job "${name}".`);
  return job;
}
