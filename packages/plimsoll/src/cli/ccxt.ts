/**
 * The ccxt library, which asks exchanges and is no dependency: loaded from beside the program or
 * from the folder where it runs, when it is wanted and not before.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Failure, reasonOf } from './failure.ts';

/** What is used of an exchange of ccxt. */
export interface Exchange {
  readonly fetchLeverageTiers: (symbols?: readonly string[]) => Promise<unknown>;
  readonly fetchMarketLeverageTiers: (symbol: string) => Promise<unknown>;
}

export interface ExchangeOptions {
  readonly apiKey?: string;
  readonly secret?: string;
  /** Of one request. */
  readonly timeout: number;
}

type ExchangeClass = new (options: ExchangeOptions) => Exchange;

/** What is used of the library: classes by name, those of exchanges and of errors among them. */
export type Ccxt = Readonly<Record<string, unknown>>;

const VERSION = '4.5.84';

/** The library, or how to install it. */
export async function loadCcxt(): Promise<Ccxt> {
  const file = resolved();
  try {
    const module = (await import(pathToFileURL(file).href)) as Ccxt & { readonly default?: Ccxt };
    return module.default ?? module;
  } catch (cause) {
    throw new Failure(`ccxt does not load (${reasonOf(cause)}): ${INSTALL}`, 1, { cause });
  }
}

const INSTALL = `run npm install ccxt@${VERSION} in this folder`;

function resolved(): string {
  const { resolve } = createRequire(import.meta.url);
  try {
    return resolve('ccxt', { paths: [import.meta.dirname, process.cwd()] });
  } catch (cause) {
    const message = `exchanges are asked through ccxt, which is not installed: ${INSTALL}`;
    throw new Failure(message, 1, { cause });
  }
}

/** An exchange of the library by its name there. */
export function openExchange(ccxt: Ccxt, name: string, options: ExchangeOptions): Exchange {
  const found = ccxt[name];
  if (typeof found !== 'function')
    throw new Failure(`this version of ccxt does not know ${name}: ${INSTALL}`);
  return new (found as ExchangeClass)(options);
}

/** Whether an error is of one of the library's classes, by their names there. */
export function isOfClass(ccxt: Ccxt, name: string, cause: unknown): boolean {
  const found = ccxt[name];
  return typeof found === 'function' && cause instanceof found;
}
