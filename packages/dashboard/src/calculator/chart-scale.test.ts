/** Labels of two lines never cover each other, however near the lines are. */
import { expect, test } from 'vitest';
import { labelled } from './chart-scale.ts';

function placed(one: number, other: number, width: number): readonly (readonly unknown[])[] {
  const marks = [
    { kind: 'liquidation', price: '1', at: one },
    { kind: 'bankruptcy', price: '1', at: other },
  ];
  return labelled(marks, width).map(({ kind, anchor, row }) => [kind, anchor, row]);
}

test.each([
  [
    300,
    290,
    640,
    [
      ['bankruptcy', 'end', 0],
      ['liquidation', 'start', 0],
    ],
  ],
  [
    60,
    50,
    640,
    [
      ['bankruptcy', 'start', 0],
      ['liquidation', 'start', 1],
    ],
  ],
  [
    590,
    600,
    640,
    [
      ['liquidation', 'end', 1],
      ['bankruptcy', 'end', 0],
    ],
  ],
  [
    400,
    100,
    640,
    [
      ['bankruptcy', 'middle', 0],
      ['liquidation', 'middle', 0],
    ],
  ],
  [
    600,
    20,
    640,
    [
      ['bankruptcy', 'start', 0],
      ['liquidation', 'end', 0],
    ],
  ],
] as const)('lines at %d and %d of %d pixels', (one, other, width, labels) => {
  expect(placed(one, other, width)).toEqual(labels);
});

test('one line, or none, is placed alone', () => {
  expect(labelled([], 640)).toEqual([]);
  expect(labelled([{ kind: 'liquidation', price: '1', at: 320 }], 640)).toHaveLength(1);
});
