/** Optimistic concurrency over HTTP: RFC 9110, 8.8.3 (ETag) and 13.1.1 (If-Match); RFC 6585, 3 (428). */
import { z } from 'zod';
import { HttpFailure } from '../http/http-failure.ts';

export const ifMatchHeaders = z.object({
  'if-match': z.string().optional().describe('The version that is changed, as its ETag has it: `"3"`'),
});

const ONE_VERSION = /^"(\d{1,15})"$/;

/**
 * The version that the caller has read.
 * @throws {HttpFailure} `version_required` without one; `bad_request` for what is not one version: `*` would overwrite
 *   what nobody has seen.
 */
export function versionIn(headers: z.output<typeof ifMatchHeaders>): number {
  const given = headers['if-match'];
  if (given === undefined) {
    throw new HttpFailure('version_required', 'Say which version you have read: If-Match: "<version>"');
  }
  const version = ONE_VERSION.exec(given)?.[1];
  if (version === undefined) {
    throw new HttpFailure('bad_request', 'If-Match is not one version in quotation marks, such as "3"');
  }
  return Number(version);
}

export function etagOf(version: number): string {
  return `"${version}"`;
}
