import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const ROOT = new URL('../../', import.meta.url);

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dependencies: z.record(z.string(), z.string()).optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

const manifestSchema = z.object({
  version: z.string(),
  types: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});

export interface PackageFacts {
  readonly version: string;
  readonly types: boolean;
  /** Asked for at any version, `*`: every install may bring another program. */
  readonly unpinned: readonly string[];
  /** Packages that come along, direct and indirect, as the lock file has them. */
  readonly alongside: number;
}

/** What the installed package says of itself, and what it drags in by the lock file. */
export function packageFacts(name: string): PackageFacts {
  const manifest = manifestSchema.parse(
    JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, ROOT), 'utf8')),
  );
  const all = { ...manifest.dependencies, ...manifest.optionalDependencies };
  return {
    version: manifest.version,
    types: manifest.types !== undefined,
    unpinned: Object.keys(all).filter((dependency) => all[dependency] === '*'),
    alongside: reachable(name).size - 1,
  };
}

function reachable(name: string): ReadonlySet<string> {
  const { packages } = lockSchema.parse(JSON.parse(readFileSync(new URL('package-lock.json', ROOT), 'utf8')));
  const found = new Set<string>();
  const visit = (path: string) => {
    const entry = packages[path];
    if (entry === undefined || found.has(path)) return;
    found.add(path);
    for (const dependency of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      const nested = `${path}/node_modules/${dependency}`;
      visit(nested in packages ? nested : `node_modules/${dependency}`);
    }
  };
  visit(`node_modules/${name}`);
  return found;
}

const costSchema = z.object({ milliseconds: z.number(), megabytes: z.number() });

/** Time and resident memory of loading the package into a fresh Node. */
export function loadingCost(name: string): z.infer<typeof costSchema> {
  const script = `
    const rss = process.memoryUsage.rss(), start = performance.now();
    await import(${JSON.stringify(name)});
    const milliseconds = performance.now() - start;
    console.log(JSON.stringify({ milliseconds, megabytes: (process.memoryUsage.rss() - rss) / 1e6 }));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return costSchema.parse(JSON.parse(output));
}
