/** The accuracy page says what the examples say: when they or the rules change, it is stale. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import { accuracyText } from './kit/accuracy.ts';
import type { PublishedExample } from './kit/accuracy.ts';

const ROOT = new URL('../../../../', import.meta.url);
const EXAMPLES = fileURLToPath(new URL('../shared/vectors/public.json', ROOT));
const PAGE = fileURLToPath(new URL('docs/accuracy.md', ROOT));

describe.skipIf(!existsSync(EXAMPLES))('accuracy page (skipped without ../shared)', () => {
  const published = existsSync(EXAMPLES)
    ? (JSON.parse(readFileSync(EXAMPLES, 'utf8')) as PublishedExample[])
    : [];
  const text = accuracyText(published);

  test('docs/accuracy.md is up to date; if not, run this file with -u', async () => {
    const page = await format(text, { parser: 'markdown', printWidth: 100 });
    await expect(page).toMatchFileSnapshot(PAGE);
  });

  test('it lists at least twelve venues, and every example has come out', () => {
    const venues = text.split('\n').filter((line) => /^\| [a-z]/.test(line));
    expect(venues.length).toBeGreaterThan(12 + 2);
    expect(text).not.toContain('not known yet');
  });
});
