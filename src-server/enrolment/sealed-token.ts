/**
 * A token for whoever asked for it and did not hear the answer: kept for some minutes, and readable only with what was
 * asked with. The server itself cannot read it from its tables. AES-256-GCM; the key is used once.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** @param secrets what only the one who asked knows */
export function sealToken(token: string, secrets: readonly string[]): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secrets), nonce);
  const sealed = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** @throws when the secrets are not those that it was sealed with */
export function unsealToken(sealed: string, secrets: readonly string[]): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secrets), bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString(
    'utf8',
  );
}

function keyOf(secrets: readonly string[]): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(['holdfast enrolment', ...secrets]))
    .digest();
}
