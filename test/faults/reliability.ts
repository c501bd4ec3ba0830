/**
 * `npm run reliability`: takes what `data/reliability` holds into `docs/reliability.json`, each in
 * the place of an earlier result of the same command, and writes `docs/reliability.md` from all of
 * it. To count a kind anew, take its results out of `docs/reliability.json` first.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { documentOf, type Result, type Results } from './document.ts';
import { overlapOf } from './pieces.ts';

const ROOT = join(import.meta.dirname, '../..');
const COUNTED = join(ROOT, 'data/reliability');
const KEPT = join(ROOT, 'docs/reliability.json');

function read(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

const kept = existsSync(KEPT) ? (read(KEPT) as Results).results : [];
const names = existsSync(COUNTED) ? readdirSync(COUNTED).sort() : [];
const fresh = names.map((name) => read(join(COUNTED, name)) as Result);
const byCommand = new Map([...kept, ...fresh].map((result) => [result.command, result]));
const overlap = overlapOf([...byCommand.values()]);
if (overlap !== undefined) throw new Error(overlap);
const [processor] = cpus();
const machine = `${cpus().length} cores (${processor?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
const results: Results = { machine, results: [...byCommand.values()] };
const json = await format(JSON.stringify(results), { parser: 'json', printWidth: 100 });
writeFileSync(KEPT, json);
const markdown = await format(documentOf(results), { parser: 'markdown', printWidth: 100 });
writeFileSync(join(ROOT, 'docs/reliability.md'), markdown);
