/** Keeps measured figures in `docs/performance.json`, and makes the document from all of them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { documentOf, type KeptFigure } from './document.ts';

const KEPT = fileURLToPath(new URL('../docs/performance.json', import.meta.url));
const DOCUMENT = fileURLToPath(new URL('../docs/performance.md', import.meta.url));

/** `order` is that of the benchmarks, in which the document tells of them. */
export async function keep(fresh: readonly KeptFigure[], order: readonly string[]): Promise<void> {
  const kept: readonly KeptFigure[] = existsSync(KEPT)
    ? (JSON.parse(readFileSync(KEPT, 'utf8')) as KeptFigure[])
    : [];
  const byName = new Map([...kept, ...fresh].map((figure) => [figure.name, figure]));
  const place = ({ benchmark }: KeptFigure): number => order.indexOf(benchmark);
  const all = [...byName.values()]
    .filter((figure) => place(figure) >= 0)
    .toSorted((a, b) => place(a) - place(b));
  writeFileSync(KEPT, await format(JSON.stringify(all), { parser: 'json', printWidth: 100 }));
  writeFileSync(DOCUMENT, await format(documentOf(all), { parser: 'markdown', printWidth: 100 }));
}
