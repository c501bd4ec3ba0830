/**
 * Worked cases that others have published, asked of the engine: every one comes out to the unit, or
 * the page says why it is not asked. The page is written from here.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import { ask, REFUSED } from './kit/engine-cases.ts';
import { isSame, type PublishedCase } from './kit/published-case.ts';

const ROOT = new URL('../../../../', import.meta.url);
const CASES = fileURLToPath(new URL('../shared/vectors/engine_public.json', ROOT));
const PAGE = fileURLToPath(new URL('docs/engine-cases.md', ROOT));

const HEAD = `# Worked cases and the engine

What others have published about auto-deleveraging, insurance funds, partial liquidation and
funding, asked of this engine as commands: the figures come out to the unit of the source, or there
is a reason why the case is not asked. Configurations are the presets of \`liquidationPresets\`,
changed where a case says so. Where a source cuts a figure to its unit, the finer one here is cut to
the same unit.

This page is written by a test: \`npx vitest run packages/core/src/engine/engine-cases.test.ts -u\`.
`;

describe.skipIf(!existsSync(CASES))('published cases (skipped without ../shared)', () => {
  const cases = existsSync(CASES)
    ? (JSON.parse(readFileSync(CASES, 'utf8')) as PublishedCase[])
    : [];
  const asked = cases.map((one) => ({ ...one, outcome: ask(one) }));

  test.each(asked.filter(({ outcome }) => 'actual' in outcome))('$id', ({ expected, outcome }) => {
    const actual = 'actual' in outcome ? outcome.actual : {};
    const known = Object.entries(expected).filter(([name]) => name in actual);
    expect(known.length).toBeGreaterThan(0);
    for (const [name, value] of known) {
      const wanted = name === 'error' ? REFUSED : value;
      expect(isSame(actual[name], wanted), `${name}: ${String(actual[name])}`).toBe(true);
    }
  });

  test('docs/engine-cases.md is up to date; if not, run this file with -u', async () => {
    const page = await format(pageText(asked), { parser: 'markdown', printWidth: 100 });
    await expect(page).toMatchFileSnapshot(PAGE);
  });
});

type Asked = PublishedCase & { readonly outcome: ReturnType<typeof ask> };

function pageText(asked: readonly Asked[]): string {
  const kinds = [...new Set(asked.map((one) => one.kind))].toSorted();
  const rows = kinds.map((kind) => {
    const all = asked.filter((one) => one.kind === kind);
    const done = all.filter(({ outcome }) => 'actual' in outcome);
    return `| ${kind.replaceAll('_', ' ')} | ${done.length} of ${all.length} |`;
  });
  const done = asked.filter(({ outcome }) => 'actual' in outcome);
  const reasons = new Map<string, string[]>();
  for (const { id, outcome } of asked) {
    if ('reason' in outcome)
      reasons.set(outcome.reason, [...(reasons.get(outcome.reason) ?? []), id]);
  }
  return [
    HEAD,
    `| kind | to the unit |\n| --- | ---: |\n${rows.join('\n')}\n| **all** | **${done.length} of ${asked.length}** |\n`,
    `## To the unit\n\n${done.map(({ id }) => `\`${id}\``).join(' · ')}\n`,
    `## Not asked, and why\n\n${[...reasons].map(([why, ids]) => `- ${why}: ${ids.map((id) => `\`${id}\``).join(', ')}`).join('\n')}\n`,
  ].join('\n');
}
