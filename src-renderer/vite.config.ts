/** Builds the screens into `dist/renderer`. Relative base: Electron opens the same files from the disk. */
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { type Plugin, defineConfig } from 'vite';

/**
 * What the page may load and run. Styles may be inline because the primitives set positions on elements.
 * Only in the build: the development server injects scripts of its own into the page.
 */
const POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self' ws: wss:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function contentSecurityPolicy(): Plugin {
  return {
    name: 'holdfast-content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
        injectTo: 'head-prepend',
      },
    ],
  };
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [react(), tailwindcss(), contentSecurityPolicy()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    // light-dark() and the rest of this year's CSS as they are: tills run the Chromium that Holdfast brings or a current browser.
    target: ['chrome125', 'firefox128', 'safari18'],
    // Fonts stay files: a data: URL would need a hole in the policy.
    assetsInlineLimit: 0,
  },
  server: { host: '127.0.0.1' },
});
