/**
 * `plimsoll rehearse`: what a change of market rules would do to the book of a running server, or
 * of a data folder: who would be called, who liquidated, and how much more margin is needed.
 */
import type { MarketRules, RulesChange } from '@plimsoll/core/engine';
import { parseJson } from '@plimsoll/core/units';
import { openOffline, ServerError } from '../server/index.ts';
import { Failure, reasonOf, type ExitCode } from './failure.ts';
import { inputName, readText } from './input.ts';
import { printLine, visible } from './output.ts';
import { table } from './table.ts';

export interface RehearseOptions {
  /** Changes by market: each field that is given takes the place of the market's own. */
  readonly file: string;
  /** Where a server answers; it wants an operator's key in PLIMSOLL_KEY if it has keys. */
  readonly server: string;
  /** A data folder instead, or the journal in it. */
  readonly data?: string;
  readonly json?: true;
}

/** A book that can be asked, wherever it is. */
interface Book {
  readonly rulesOf: (market: string) => MarketRules | undefined;
  readonly rehearse: (changes: readonly RulesChange[]) => Promise<Rehearsal>;
}

/** As `POST /v1/rehearsal` answers. */
interface Rehearsal {
  readonly sequence: number;
  readonly called: number;
  readonly liquidated: number;
  readonly missing: string;
  readonly markets: readonly RehearsedMarket[];
  readonly units: readonly RehearsedUnit[];
}

interface RehearsedMarket {
  readonly market: string;
  readonly positions: number;
  readonly maintenanceBefore: string;
  readonly maintenanceAfter: string;
  readonly initialBefore: string;
  readonly initialAfter: string;
}

interface RehearsedUnit {
  readonly account: string;
  readonly market: string | null;
  readonly outcome: 'called' | 'liquidated';
  readonly equity: string;
  readonly maintenanceBefore: string;
  readonly maintenanceAfter: string;
  readonly missing: string;
}

/** Prints what the change would do and makes none; 0 whatever it would be. */
export async function rehearseCommand(options: RehearseOptions): Promise<ExitCode> {
  const { file, data, server, json } = options;
  const asked = readChanges(file, await readText(file));
  const book = data === undefined ? await liveBook(server) : folderBook(data);
  const changes = Object.entries(asked).map(([market, change]) => {
    const rules = book.rulesOf(market);
    if (rules !== undefined) return { market, rules: changed(rules, change) };
    throw new Failure(`${inputName(file)}: there is no market ${market}: check its name`);
  });
  const rehearsal = await book.rehearse(changes);
  const text = json ? JSON.stringify(rehearsal, null, 2) : visible(rehearsalText(rehearsal));
  await printLine(text);
  return 0;
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readChanges(file: string, text: string): Readonly<Record<string, Fields>> {
  const parsed = parseJson(text);
  if ('refusal' in parsed) throw new Failure(`${inputName(file)}: ${parsed.refusal.message}`);
  const changes: unknown = JSON.parse(text);
  if (isFields(changes) && Object.keys(changes).length > 0 && isAllFields(changes)) return changes;
  const shape = '{"BTC-PERP":{"maintenance":{"schedule":{"kind":"flat","rate":"0.02"}}}}';
  throw new Failure(`${inputName(file)} must hold the changes of each market: ${shape}`);
}

function isAllFields(changes: Fields): changes is Readonly<Record<string, Fields>> {
  return Object.values(changes).every(isFields);
}

/** A group such as `maintenance` or `caps` keeps the fields that the change leaves out. */
function changed(rules: MarketRules, change: Fields): MarketRules {
  const fields = Object.entries(change).map(([name, value]) => {
    const own = (rules as unknown as Fields)[name];
    return [name, isFields(own) && isFields(value) ? { ...own, ...value } : value];
  });
  return { ...rules, ...(Object.fromEntries(fields) as Partial<MarketRules>) };
}

function folderBook(directory: string): Book {
  const book = sentenced(() => openOffline(directory));
  return {
    rulesOf: book.rulesOf,
    rehearse: (changes) => {
      const answer: unknown = sentenced(() => book.rehearse(changes));
      return Promise.resolve(answer as Rehearsal);
    },
  };
}

function sentenced<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof ServerError) throw new Failure(cause.message, 1, { cause });
    throw cause;
  }
}

async function liveBook(server: string): Promise<Book> {
  const { markets } = (await ask(server, '/v1/markets')) as {
    readonly markets: readonly { readonly market: string; readonly rules: MarketRules }[];
  };
  return {
    rulesOf: (market) => markets.find((one) => one.market === market)?.rules,
    rehearse: async (changes) => {
      const rules = Object.fromEntries(changes.map((one) => [one.market, one.rules]));
      return (await ask(server, '/v1/rehearsal', { rules })) as Rehearsal;
    },
  };
}

/** Long enough for a book of millions. */
const ANSWER_MS = 60_000;

/** A body makes it a POST. Throws a `Failure` with the server's own words. */
async function ask(server: string, path: string, body?: object): Promise<unknown> {
  const response = await reach(server, path, body);
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok && answer !== null) return answer;
  const detail = isFields(answer) && typeof answer['detail'] === 'string' ? answer['detail'] : '';
  const said = detail === '' ? `it answered ${response.status}` : detail;
  const hint = response.status === 401 || response.status === 403 ? ' (PLIMSOLL_KEY)' : '';
  throw new Failure(`${server}${path}: ${said}${hint}`);
}

async function reach(server: string, path: string, body: object | undefined): Promise<Response> {
  const { PLIMSOLL_KEY: key } = process.env;
  const headers = {
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const signal = AbortSignal.timeout(ANSWER_MS);
  const post = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  try {
    return await fetch(new URL(path, server), { headers, signal, ...post });
  } catch (cause) {
    const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const remedy = 'start it, or name a folder with --data';
    throw new Failure(`${server} cannot be reached (${reasonOf(why)}): ${remedy}`, 1, { cause });
  }
}

function rehearsalText({ called, liquidated, missing, markets, units }: Rehearsal): string {
  const totals = [
    ['would be called', String(called)],
    ['would be liquidated', String(liquidated)],
    ['margin that they lack', missing],
  ];
  const parts = [table(totals, ['left', 'right']), marketsText(markets)];
  if (units.length > 0) parts.push(unitsText(units));
  const left = called + liquidated - units.length;
  if (left > 0) parts.push(`and ${left} more`);
  return parts.join('\n\n');
}

function marketsText(markets: readonly RehearsedMarket[]): string {
  const head = ['market', 'positions', 'maintenance', 'then', 'initial', 'then'];
  const rows = markets.map((one) => [
    one.market,
    String(one.positions),
    one.maintenanceBefore,
    one.maintenanceAfter,
    one.initialBefore,
    one.initialAfter,
  ]);
  return table([head, ...rows], ['left', 'right', 'right', 'right', 'right', 'right']);
}

function unitsText(units: readonly RehearsedUnit[]): string {
  const head = ['account', 'what', 'would be', 'equity', 'maintenance', 'then', 'lacks'];
  const rows = units.map((one) => [
    one.account,
    one.market === null ? 'cross pool' : `isolated ${one.market}`,
    one.outcome,
    one.equity,
    one.maintenanceBefore,
    one.maintenanceAfter,
    one.missing,
  ]);
  return table([head, ...rows], ['left', 'left', 'left', 'right', 'right', 'right', 'right']);
}
