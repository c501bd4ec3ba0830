/** `plimsoll liquidation-surface`: where a cross pool triggers when two markets move together. */
import {
  liquidationSurface,
  type Surface,
  type SurfacePoint,
  type SurfaceRequest,
} from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { answerFile, type Reading } from './answer.ts';
import type { ExitCode } from './failure.ts';
import { percent } from './percent.ts';
import { table } from './table.ts';

export interface SurfaceOptions extends Reading {
  readonly request: SurfaceRequest;
}

/** Prints the pairs of prices, one line a beta, with the leader falling and rising. */
export function surfaceCommand({ file, form, request }: SurfaceOptions): Promise<ExitCode> {
  return answerFile<Surface>({
    file,
    form,
    answer: (document) => liquidationSurface(document, request, rulebooks),
    toText: surfaceText,
  });
}

function surfaceText(surface: Surface): string {
  const { market, with: follower, rows } = surface;
  const prices = [market, follower];
  const headings = ['beta', 'falls', ...prices, 'rises', ...prices];
  const cells = rows.map(({ beta, down, up }) => [beta, ...pointCells(down), ...pointCells(up)]);
  return [
    `${market} leads from ${surface.markPrice}, ${follower} follows from ${surface.withMarkPrice}; ` +
      'the cross pool triggers when',
    table(
      [headings, ...cells],
      headings.map(() => 'right' as const),
    ),
    `beta: how far ${follower} moves for each move of ${market}; none: no price on that way triggers`,
  ].join('\n\n');
}

function pointCells(point: SurfacePoint | null): readonly string[] {
  if (point === null) return ['none', '', ''];
  return [percent(point.move), point.price, point.withPrice];
}
