/** The rows on the screen, of ten and of a million. */
import { describe, expect, test } from 'vitest';
import { rowWindow, scrollToRow } from './window.ts';

const short = { scrollTop: 0, height: 300, rowHeight: 30, total: 5 };
const long = { scrollTop: 0, height: 300, rowHeight: 30, total: 1_000_000 };

describe('rowWindow', () => {
  test('a short list is drawn whole', () => {
    expect(rowWindow(short)).toEqual({ first: 0, count: 5, top: 0, height: 150 });
  });

  test('an empty list draws nothing', () => {
    expect(rowWindow({ ...short, total: 0 })).toEqual({ first: 0, count: 0, top: 0, height: 0 });
  });

  test('a list that nothing bounds in height does not draw a million rows', () => {
    expect(rowWindow({ ...long, height: 12_000_000 }).count).toBe(300);
  });

  test('pixels are rows while the list is not too high', () => {
    const view = rowWindow({ ...short, total: 1_000, scrollTop: 3_000 });
    expect(view.first).toBe(96);
    expect(view.top).toBe(96 * 30);
    expect(view.height).toBe(30_000);
  });

  test('a million rows stay below what browsers can scroll', () => {
    expect(rowWindow(long).height).toBeLessThan(17_000_000);
  });

  test('the last of a million rows can be reached and ends at the foot', () => {
    const { height } = rowWindow(long);
    const end = rowWindow({ ...long, scrollTop: height });
    expect(end.first + end.count).toBe(1_000_000);
    expect(end.top + end.count * 30).toBeCloseTo(height, 3);
  });

  test('every scroll position shows rows that fill the view', () => {
    const { height } = rowWindow(long);
    for (let scrollTop = 0; scrollTop <= height - 300; scrollTop += height / 97) {
      const view = rowWindow({ ...long, scrollTop });
      expect(view.top).toBeLessThanOrEqual(scrollTop + 0.001);
      expect(view.top + view.count * 30).toBeGreaterThanOrEqual(scrollTop + 300 - 0.001);
    }
  });
});

describe('scrollToRow', () => {
  test('a row in view moves nothing', () => {
    expect(scrollToRow({ ...long, scrollTop: 0 }, 5)).toBe(0);
  });

  test.each([0, 12, 499_999, 999_999])('row %i of a million comes into view', (row) => {
    const scrollTop = scrollToRow({ ...long, scrollTop: 6_000_000 }, row);
    const view = rowWindow({ ...long, scrollTop });
    const y = view.top + (row - view.first) * 30 - scrollTop;
    expect(y).toBeGreaterThanOrEqual(-0.5);
    expect(y + 30).toBeLessThanOrEqual(300.5);
  });
});
