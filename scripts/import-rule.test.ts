/**
 * The arrows of ARCHITECTURE.md, read from the imports themselves. A folder may import what stands behind it and
 * nothing else; a pure folder may not reach Node at all.
 */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');

interface Rule {
  /** Other places of the house, by the beginning of their path. */
  readonly may: readonly string[];
  readonly node: boolean;
  /** Packages; 'any' where the folder's own tsconfig says enough. */
  readonly packages: readonly string[] | 'any';
}

/** The longest matching folder counts. */
const RULES: Readonly<Record<string, Rule>> = {
  'src-domain': { may: [], node: false, packages: ['zod'] },
  'src-sync/protocol': { may: ['src-domain'], node: true, packages: ['zod'] },
  'src-sync': { may: ['src-domain'], node: true, packages: ['zod', 'socket.io-client'] },
  hardware: {
    may: ['src-domain/barcode', 'src-domain/receipt', 'src-domain/money', 'src-domain/assert-never.ts'],
    node: true,
    packages: 'any',
  },
  'src-main/api': { may: ['src-domain'], node: false, packages: ['zod'] },
  'src-main': { may: ['src-domain', 'src-sync', 'hardware'], node: true, packages: 'any' },
  'src-renderer': { may: ['src-domain', 'src-main/api'], node: false, packages: 'any' },
  'src-server': { may: ['src-domain', 'src-sync/protocol'], node: true, packages: 'any' },
};

/** Never where the terminal must run without them. */
const HOSTS_ONLY: Readonly<Record<string, string>> = {
  electron: 'src-main/host-electron',
  react: 'src-renderer',
};

const IMPORT = /(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+|new URL\(\s*)['"]([^'"]+)['"]/g;

interface Import {
  readonly file: string;
  readonly target: string;
}

function sourcesOf(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(folder, name.replaceAll('\\', '/')))
    .filter(
      (name) =>
        /\.tsx?$/.test(name) &&
        !/\.test\.tsx?$/.test(name) &&
        !/(vite\.config|test-support|\/testing\/)/.test(name),
    );
}

const ALIASES: Readonly<Record<string, string>> = {
  '#domain': 'src-domain',
  '#main': 'src-main',
  '#sync': 'src-sync',
  '#server': 'src-server',
  '#hardware': 'hardware',
  '#renderer': 'src-renderer',
  '#box': 'box',
};

/** `#domain/x.ts` and `../x.ts` become the path in the house; a package stays its name. */
function resolve(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(file), specifier);
  const [alias = '', ...rest] = specifier.split('/');
  const folder = ALIASES[alias];
  return folder === undefined ? specifier : [folder, ...rest].join('/');
}

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  return [...text.matchAll(IMPORT)].map((match) => ({ file, target: resolve(file, match[1] ?? '') }));
}

const FOLDERS = ['src-domain', 'src-sync', 'hardware', 'src-main', 'src-renderer', 'src-server'];

function ruleOf(file: string): readonly [string, Rule] {
  const folder = Object.keys(RULES)
    .filter((name) => file.startsWith(`${name}/`))
    .sort((a, b) => b.length - a.length)[0];
  const rule = RULES[folder ?? ''];
  if (folder === undefined || !rule) throw new Error(`No import rule for ${file}`);
  return [folder, rule];
}

/** Why an import is not allowed; undefined when it is. */
function objection({ file, target }: Import): string | undefined {
  const [folder, { may, node, packages }] = ruleOf(file);
  const inHouse = [...FOLDERS, 'box', 'bench', 'e2e', 'scripts'].some((name) =>
    target.startsWith(`${name}/`),
  );
  if (inHouse) {
    const allowed = [folder, ...may].some((place) => target === place || target.startsWith(`${place}/`));
    return allowed ? undefined : `${file} → ${target}`;
  }
  if (target.startsWith('node:')) return node ? undefined : `${file} → ${target} (no Node here)`;
  const name = target.startsWith('@')
    ? target.split('/').slice(0, 2).join('/')
    : (target.split('/')[0] ?? target);
  const host = HOSTS_ONLY[name];
  if (host !== undefined && !file.startsWith(`${host}/`)) return `${file} → ${name} (only in ${host})`;
  return packages === 'any' || packages.includes(name) ? undefined : `${file} → ${name} (package)`;
}

describe('the import rule', () => {
  it.each(FOLDERS)('%s imports only what stands behind it', (folder) => {
    const sources = sourcesOf(folder);
    expect(sources.length).toBeGreaterThan(0);
    expect(
      sources
        .flatMap(importsOf)
        .map(objection)
        .filter((found) => found !== undefined),
    ).toEqual([]);
  });

  it('notices each kind of wrong import', () => {
    const wrong = [
      { file: 'src-domain/money/cents.ts', target: 'node:fs' },
      { file: 'src-domain/money/cents.ts', target: 'src-main/api/errors.ts' },
      { file: 'src-renderer/app.tsx', target: 'src-main/store/handles.ts' },
      { file: 'src-renderer/app.tsx', target: 'node:fs' },
      { file: 'src-server/main.ts', target: 'src-sync/engine.ts' },
      { file: 'hardware/printer/x.ts', target: 'src-domain/pricing/price.ts' },
      { file: 'src-main/terminal/terminal.ts', target: 'electron' },
      { file: 'src-sync/engine.ts', target: 'better-sqlite3' },
    ];
    expect(wrong.map(objection).filter((found) => found === undefined)).toEqual([]);
  });

  it('reads every form of import', () => {
    const text = `import a from 'a'; import 'b'; export * from "c"; await import('d'); new URL('./e.ts', import.meta.url)`;
    expect([...text.matchAll(IMPORT)].map((match) => match[1])).toEqual(['a', 'b', 'c', 'd', './e.ts']);
  });
});
