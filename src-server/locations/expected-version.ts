import { HttpFailure } from '../http/http-failure.ts';

/**
 * A record that PUT makes as well as changes: who changes it says which version they have read, who makes it says none.
 * @param what `person U-1`, for sentences
 * @throws {HttpFailure} `not_found`, `version_required`, `version_differs`
 */
export function checkVersion(
  what: string,
  stored: { readonly version: number } | undefined,
  version: number | undefined,
): void {
  if (stored === undefined) {
    if (version === undefined) return;
    throw new HttpFailure('not_found', `There is no ${what} at this location: leave If-Match out to make it`);
  }
  if (version === undefined) {
    throw new HttpFailure(
      'version_required',
      `There is a ${what} already. Say which version you have read: If-Match: "<version>"`,
    );
  }
  if (stored.version !== version) {
    throw new HttpFailure(
      'version_differs',
      `The ${what} has version ${stored.version} by now: read it again`,
    );
  }
}
