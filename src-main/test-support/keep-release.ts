/**
 * Keeps what this version leaves on a till's disk, for `store/releases.test.ts`. To be run once, before a release, and its
 * file committed:
 *
 *     node src-main/test-support/keep-release.ts 0.1.0
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { makeRelease } from './make-release.ts';

const version = process.argv[2];
if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version))
  throw new Error('usage: keep-release.ts <version>');

const file = path.join(import.meta.dirname, '../store/releases', `${version}.db.gz`);
writeFileSync(file, gzipSync(await makeRelease(), { level: 9 }));
