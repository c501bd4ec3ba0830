/** The document about reliability is what its counted results make it, and names tests that are. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { expect, it } from 'vitest';
import { documentOf, type Results } from './document.ts';

const ROOT = join(import.meta.dirname, '../..');
const inDocs = (name: string): string => readFileSync(join(ROOT, 'docs', name), 'utf8');

it('is as generated', async () => {
  const results = JSON.parse(inDocs('reliability.json')) as Results;
  const text = await format(documentOf(results), { parser: 'markdown', printWidth: 100 });
  expect(inDocs('reliability.md')).toBe(text);
});

it('names tests that there are', () => {
  const named = inDocs('reliability.md').matchAll(/`([^`\s]+\.test\.ts)`/g);
  const missing = [...named].filter(([, file = '']) => !existsSync(join(ROOT, file)));
  expect(missing.map(([, file]) => file)).toEqual([]);
});
