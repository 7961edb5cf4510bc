/** Format, lint and types of every project in tsconfig.json, all strict. Exit code 0 when all is well. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ROOT, runTool } from './toolchain.mjs';

const solutionSchema = z.object({ references: z.array(z.object({ path: z.string() })) });

function projects(): string[] {
  const text = readFileSync(path.join(ROOT, 'tsconfig.json'), 'utf8').replaceAll(/^\s*\/\/.*$/gm, '');
  return solutionSchema.parse(JSON.parse(text)).references.map((reference) => reference.path);
}

const steps = [
  { name: 'format', command: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'lint', command: 'oxlint', args: ['--type-aware'] },
  ...projects().map((project) => ({
    name: `types of ${project}`,
    command: 'tsc',
    args: ['--project', project],
  })),
];
const failed = steps.filter(({ command, args }) => runTool(command, args) !== 0);
for (const { name } of failed) console.error(`check failed: ${name}`);
process.exitCode = failed.length === 0 ? 0 : 1;
