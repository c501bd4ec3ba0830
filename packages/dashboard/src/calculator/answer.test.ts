/** The calculator says what the core says, about forms and pasted documents alike. */
import { check } from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { expect, test } from 'vitest';
import { answerTo, standingAt } from './answer.ts';
import { commandLine } from './command-line.ts';
import { FIRST_CALCULATION, type Calculation } from './sheet.ts';

const NOW = '2026-07-03T00:00:00Z';

function pasted(text: string): Calculation {
  return { ...FIRST_CALCULATION, form: 'document', text };
}

test('the form and its own document have one answer', () => {
  const byForm = answerTo({ calculation: FIRST_CALCULATION, now: NOW });
  const byText = answerTo({ calculation: pasted(byForm.document), now: NOW });
  expect(byText).toEqual(byForm);
  expect(byForm.outcome).toEqual(check(JSON.parse(byForm.document), rulebooks));
});

test('equity crosses maintenance in the picture where the liquidation price is', () => {
  const { looked } = answerTo({ calculation: FIRST_CALCULATION, now: NOW });
  const line = Number(
    looked?.explanation && 'steps' in looked.explanation
      ? looked.explanation.liquidationPrice
      : Number.NaN,
  );
  const points = looked?.picture.points ?? [];
  expect(points.length).toBeGreaterThan(40);
  for (const { price, equity, maintenanceMargin } of points)
    expect(Number(equity) > Number(maintenanceMargin), price).toBe(Number(price) > line);
});

test('a price that is looked at has the figures of check with that mark', () => {
  const point = standingAt(FIRST_CALCULATION, '55000');
  const { sheet } = FIRST_CALCULATION;
  const [line] = sheet.positions;
  if (line === undefined) throw new Error('no position');
  const there = { ...sheet, positions: [{ ...line, mark: '55000' }] };
  const { outcome } = answerTo({ calculation: { ...FIRST_CALCULATION, sheet: there }, now: NOW });
  expect(outcome).toMatchObject({
    equity: point?.equity,
    maintenanceMargin: point?.maintenanceMargin,
    marginRatio: point?.marginRatio,
  });
});

test.each([
  ['', '', /line 1, column 1/],
  ['{"venue": "custom"}', 'positions', /missing/],
  ['{"venue": "nowhere", "positions": []}', 'venue', /./],
])('%s is refused at its path', (text, path, message) => {
  const { outcome, looked } = answerTo({ calculation: pasted(text), now: NOW });
  expect(outcome).toEqual({ error: expect.objectContaining({ path }) });
  expect('error' in outcome && outcome.error.message).toMatch(message);
  expect(looked).toBeNull();
});

test('an isolated position has the leverage of its own margin, not of a pool beside it', () => {
  const { sheet } = FIRST_CALCULATION;
  const positions = sheet.positions.map((line) => ({ ...line, mode: 'isolated' as const }));
  const calculation = { ...FIRST_CALCULATION, sheet: { ...sheet, positions } };
  const { looked, outcome } = answerTo({ calculation, now: NOW });
  expect(outcome).toMatchObject({ effectiveLeverage: '0' });
  // 0.5 at 61,000 over 3,000 set aside and 500 of profit.
  expect(looked).toMatchObject({ isolatedMargin: '3000', effectiveLeverage: '8.71428571429' });
});

test('no venue is compared with itself, nor twice', () => {
  const beside = ['okx-linear', 'binance-usdm', 'okx-linear'];
  const wishes = { ...FIRST_CALCULATION.wishes, beside };
  const { looked } = answerTo({ calculation: { ...FIRST_CALCULATION, wishes }, now: NOW });
  const across = looked?.across;
  const venues = across && 'venues' in across ? across.venues : [];
  expect(venues.map(({ venue }) => venue)).toEqual(['binance-usdm', 'okx-linear']);
});

test('an account without a position has figures and nothing to look at', () => {
  const answer = answerTo({ calculation: pasted('{"venue":"custom","positions":[]}'), now: NOW });
  expect(answer.looked).toBeNull();
  expect(answer.outcome).toHaveProperty('equity', '0');
});

test('the commands hold the document, and nothing typed escapes its quotes', () => {
  const wishes = { ...FIRST_CALCULATION.wishes, keep: "1'; rm -rf ~" };
  const text = commandLine('{}', wishes);
  expect(text).toContain(`--distance '1'\\''; rm -rf ~' --position 0`);
  expect(text).toContain("<<'JSON'\n{}\nJSON\n");
});
