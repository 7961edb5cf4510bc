import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { screenResponse } from './screen-files.ts';

let root: string;
let screens: string;

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'holdfast-screens-'));
  screens = path.join(root, 'renderer');
  mkdirSync(path.join(screens, 'assets'), { recursive: true });
  mkdirSync(path.join(root, 'renderer-secret'));
  writeFileSync(path.join(screens, 'index.html'), '<!doctype html>');
  writeFileSync(path.join(screens, 'assets/a b.js'), 'export {}');
  writeFileSync(path.join(screens, 'notes.key'), 'SECRET');
  writeFileSync(path.join(root, 'secret.json'), 'SECRET');
  writeFileSync(path.join(root, 'renderer-secret/secret.json'), 'SECRET');
});
afterAll(() => rmSync(root, { recursive: true }));

test('gives the page with its policy', async () => {
  const response = await screenResponse('holdfast://till/index.html', screens);
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('<!doctype html>');
  const policy = response.headers.get('content-security-policy');
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe-eval');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
});

test('gives scripts as scripts, whatever their name', async () => {
  const response = await screenResponse('holdfast://till/assets/a%20b.js?v=1#x', screens);
  expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(await response.text()).toBe('export {}');
});

test.each([
  'holdfast://till/missing.js',
  'holdfast://till/assets',
  'holdfast://till/notes.key',
  'holdfast://till/../secret.json',
  'holdfast://till/%2e%2e/secret.json',
  'holdfast://till/..%2fsecret.json',
  'holdfast://till/..%5csecret.json',
  'holdfast://till/..%2frenderer-secret%2fsecret.json',
  'holdfast://till/%00secret.json',
  'holdfast://till/%ff',
  'holdfast://other/index.html',
  'file:///etc/hosts.json',
])('does not give %s', async (url) => {
  const response = await screenResponse(url, screens);
  expect(response.status).toBe(404);
  expect(await response.text()).not.toContain('SECRET');
});

test('no address whatever reads a file outside the folder', async () => {
  const part = fc.constantFrom(
    '..',
    '%2e%2e',
    '.',
    '%2f',
    '/',
    '%5c',
    'secret.json',
    'renderer-secret',
    'assets',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
      const response = await screenResponse(`holdfast://till/${parts.join('/')}`, screens);
      expect(await response.text()).not.toContain('SECRET');
    }),
  );
});
