/**
 * Child script: a till that does one job of its care, and sells meanwhile, until it is killed or done. It says each sale that is
 * committed and each job that is finished.
 *
 *     node do-job-until-killed.ts <job> <folder> [<journal of the layer under it, which counts its changes>]
 */
import { writeSync } from 'node:fs';
import { jobNamed } from './job-named.ts';
import { changesCounted } from './unsynced-layer.ts';

const [name = '', folder = '', journal] = process.argv.slice(2);

/** Written before the next instruction: what a reader has seen was said. */
function say(line: unknown): void {
  writeSync(process.stdout.fd, `${JSON.stringify(line)}\n`);
}

const changes = (): number => (journal === undefined ? 0 : changesCounted(journal));
await jobNamed(name).run(folder, say, () => say({ begunAfter: changes() }));
say({ doneAfter: changes() });
