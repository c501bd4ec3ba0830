/** The document about performance is what its kept figures make it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { expect, it } from 'vitest';
import { documentOf, shareOf, type KeptFigure } from '../bench/document.ts';

const inDocs = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../docs', name), 'utf8');

it('is as generated', async () => {
  const figures = JSON.parse(inDocs('performance.json')) as KeptFigure[];
  const text = await format(documentOf(figures), { parser: 'markdown', printWidth: 100 });
  expect(inDocs('performance.md')).toBe(text);
});

it.each([
  [{ value: 120_000, ratio: null, goal: '≥ 100,000' }, 1.2],
  [{ value: 50_000, ratio: null, goal: '≥ 100,000' }, 0.5],
  [{ value: 2, ratio: null, goal: '≤ 1, aim at 0.2' }, 0.5],
  [{ value: 67, ratio: 0.5, goal: '≤ 1.0 ×' }, 2],
  [{ value: 67, ratio: 0.001, goal: '≤ 0.0005 ×' }, 0.5],
  [{ value: 3, ratio: 1.5, goal: '≤ 3 × node -e 0' }, 2],
  [{ value: 3, ratio: null, goal: 'as measured' }, Number.NaN],
])('of %j the goal is reached %d times', (figure, share) => {
  expect(shareOf(figure)).toBe(share);
});
