/** When to try again, and from where. */
import { describe, expect, test } from 'vitest';
import { resumeFrom, retryDelayMs, subscription } from './connection.ts';

describe('retryDelayMs', () => {
  test.each([
    [0, 500],
    [1, 1_000],
    [3, 4_000],
    [4, 8_000],
    [1_000, 8_000],
  ])('attempt %i waits about %i ms', (attempt, delay) => {
    expect(retryDelayMs(attempt, 0.5)).toBe(delay);
    expect(retryDelayMs(attempt, 0)).toBe(delay * 0.75);
  });
});

describe('resumeFrom', () => {
  test('asks for the last command again, of which some events may be missing', () => {
    expect(resumeFrom(48)).toBe(47);
    expect(resumeFrom(0)).toBe(0);
  });

  test('a page that has nothing starts with what comes', () => expect(resumeFrom(null)).toBeNull());
});

describe('subscription', () => {
  test('names the sequence and wants totals', () => {
    expect(JSON.parse(subscription(7, null))).toMatchObject({
      type: 'subscribe',
      from: 7,
      totals: true,
    });
    expect(subscription(7, null)).not.toContain('"key"');
  });

  test('carries the key when there is one', () => {
    expect(JSON.parse(subscription(null, 'secret'))).toMatchObject({ from: null, key: 'secret' });
  });
});
