/** Rows of text in columns that line up. */

export type Alignment = 'left' | 'right';

/** One line a row, two spaces between columns, none at the end of a line. */
export function table(
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[],
): string {
  const widths = alignments.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => pad(cell, widths[column] ?? 0, alignments[column])).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}

function pad(cell: string, width: number, alignment: Alignment | undefined): string {
  return alignment === 'right' ? cell.padStart(width) : cell.padEnd(width);
}
