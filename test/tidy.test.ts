/**
 * The half of the house style that a program can check: each rule reads the tree's files and names
 * what breaks it, with the line. Types, lint, format and dead code have tools of their own.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const LINE_MAX = 100;
const FILE_LINES_MAX = 400;
const CODE = /\.(ts|js|svelte|css)$/;
const SCRIPT = /\.(ts|js)$/;

/** Folders from the ground up: each may import only what is before it. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  'packages/core/src': ['units', 'margin', 'rulebook', 'engine', 'lab', 'guard'],
  'packages/plimsoll/src': ['journal', 'history', 'demo', 'server', 'replay', 'cli'],
};

/** Words that have something better in their place. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\b(TODO|FIXME|XXX)\b/, 'it done, or left out'],
  [/\bnotional/i, 'value'],
  [/@ts-(ignore|nocheck)|eslint-disable(?!-next-line)/, 'it mended'],
];
const MACHINE = /(^|[\s'"`(=])\/(work\/(main|steering|shared|\.library)|root|home\/\w+|farm)\//m;
const REGISTRY = /registry\.npmjs|deb\.debian|"resolved": "http/;

/** Tracked files and new ones that are not ignored. */
function listFiles(): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const names = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\0');
  return [...new Set(names)].filter((name) => name !== '' && existsSync(join(ROOT, name)));
}

const isCheckout = existsSync(join(ROOT, '.git'));
/** All but this one, which has to name what it looks for. */
const files = isCheckout ? listFiles().filter((file) => file !== 'test/tidy.test.ts') : [];
const sources = files.filter((file) => CODE.test(file));
const texts = new Map(sources.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));

/** `file:line` of every line of the sources that `isBad` names. */
function linesWhere(isBad: (line: string) => boolean): readonly string[] {
  return [...texts].flatMap(([file, text]) =>
    text
      .split('\n')
      .flatMap((line, k) => (isBad(line) ? [`${file}:${k + 1}: ${line.trim()}`] : [])),
  );
}

/** The formatter breaks code; what it leaves is text, and only comments are ours to break. */
function isTooLong(line: string): boolean {
  if (line.length <= LINE_MAX) return false;
  return /^\s*(\/\/|\/?\*)/.test(line) || !/['"`/]/.test(line);
}

function hasHeader(file: string): boolean {
  const lines = (texts.get(file) ?? '').split('\n');
  const first = lines[0]?.startsWith('#!') ? lines[1] : lines[0];
  return /^(\/\*\*?|\/\/|<!--)/.test(first ?? '');
}

function isOddlyNamed(file: string): boolean {
  const usual = file.endsWith('.svelte')
    ? /^[A-Z][A-Za-z]*\.svelte$/
    : /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|svelte|config))?\.(ts|js|css)$/;
  return !usual.test(basename(file));
}

interface Import {
  readonly place: string;
  /** Folder under the package's `src`; empty for a file directly in it. */
  readonly from: string;
  readonly to: string;
  readonly target: string;
}

/** Every relative import that leaves its top folder inside one of the layered packages. */
function importsAcross(base: string): readonly Import[] {
  const inside = [...texts].filter(([file]) => file.startsWith(`${base}/`) && SCRIPT.test(file));
  return inside.flatMap(([file, text]) =>
    [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].flatMap(([, specifier = '']) => {
      const target = posix.relative(base, posix.join(dirname(file), specifier));
      const from = posix.relative(base, file).split('/');
      const [to = ''] = target.split('/');
      if (from.length < 2 || from[0] === to || target.startsWith('..')) return [];
      return [{ place: file, from: from[0] ?? '', to, target }];
    }),
  );
}

/** A test may use what is above it: its folder alone is not the whole story. */
function isUpward(base: string, { place, from, to }: Import): boolean {
  if (place.endsWith('.test.ts')) return false;
  const order = LAYERS[base] ?? [];
  return order.indexOf(to) > order.indexOf(from);
}

describe.skipIf(!isCheckout)('the tree is tidy', () => {
  it('keeps lines within 100 characters', () => {
    expect(linesWhere(isTooLong)).toEqual([]);
  });

  it('keeps files within 400 lines', () => {
    // Tables of cases are as long as there are cases.
    const ideas = [...texts].filter(([file]) => !file.endsWith('.test.ts'));
    const long = ideas.filter(([, text]) => text.split('\n').length - 1 > FILE_LINES_MAX);
    expect(long.map(([file]) => file)).toEqual([]);
  });

  it('says in the first lines of every source file what it is', () => {
    expect(sources.filter((file) => !hasHeader(file))).toEqual([]);
  });

  it.each(WORDS)('does not have %s, but %s', (word) => {
    expect(linesWhere((line) => word.test(line))).toEqual([]);
  });

  it('names files in kebab case, and components like components', () => {
    expect(sources.filter(isOddlyNamed)).toEqual([]);
  });

  it.each(Object.keys(LAYERS))('enters the folders of %s through their doors only', (base) => {
    const passed = importsAcross(base).filter(({ target, to }) => target !== `${to}/index.ts`);
    expect(passed.map(({ place, target }) => `${place} imports ${target}`)).toEqual([]);
  });

  it.each(Object.keys(LAYERS))('knows every folder of %s and imports downwards', (base) => {
    const folders = [...texts.keys()]
      .filter((file) => file.startsWith(`${base}/`))
      .map((file) => posix.relative(base, file).split('/'))
      .flatMap(([folder = '', ...rest]) => (rest.length > 0 ? [folder] : []));
    const unknown = [...new Set(folders)].filter((folder) => !LAYERS[base]?.includes(folder));
    const upward = importsAcross(base).filter((each) => isUpward(base, each));
    expect(unknown).toEqual([]);
    expect(upward.map(({ place, target }) => `${place} imports ${target}`)).toEqual([]);
  });

  it('holds no path of one machine and no address of a registry', () => {
    const text = files.filter((file) => !/\.(png|gz|woff2?|ico)$/.test(file));
    const found = text.filter((file) => {
      const content = readFileSync(join(ROOT, file), 'utf8');
      return MACHINE.test(content) || REGISTRY.test(content);
    });
    expect(found).toEqual([]);
  });
});
