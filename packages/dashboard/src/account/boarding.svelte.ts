/**
 * Everything that the view of one account knows: the server's figures, what the core says of its
 * document, and what is supposed. Asked again each second while somebody looks.
 */
import type { Finding, Step } from '@plimsoll/core/margin';
import type { Candle } from '../api.ts';
import { CoreWorker } from '../calculator/core-worker.ts';
import { Latest } from '../calculator/latest.ts';
import { get, RequestError } from '../client.ts';
import type { Live } from '../live.svelte.ts';
import { Poller } from '../poller.ts';
import type { Account, AccountHistory } from './answers.ts';
import { figuresOf, supposed, type Figures } from './figures.ts';
import type { PastEvent } from './past.ts';
import type { Reckoning, ReckoningQuestion } from './reckoning.ts';
import { withRules } from './opening.ts';
import { CANDLES, INTERVAL, volatilityOf, type Volatility } from './volatility.ts';
import { changesOf, NO_WISH, type Wish } from './wish.ts';

const EVERY_MS = 1_000;
const VOLATILITY_MS = 60_000;
const FINAL: ReadonlySet<number> = new Set([400, 403, 404]);

export interface KnownPast {
  readonly history: AccountHistory;
  /** How each began, newest first. */
  readonly liquidations: readonly PastEvent[];
}

export class Boarding {
  /** The account's address on the server. */
  readonly path: string;
  account = $state.raw<Account | null>(null);
  past = $state.raw<KnownPast | null>(null);
  wish = $state.raw<Wish>(NO_WISH);
  volatilities = $state.raw<Readonly<Record<string, Volatility | null>>>({});
  /** Why the server does not show it; empty when it does. */
  refusal = $state('');

  #document = $state.raw<object | null>(null);
  #reckoned = $state.raw<Reckoning | null>(null);
  #hypothetical = $state.raw<Reckoning | null>(null);
  readonly #live: Live;
  readonly #core = new CoreWorker();
  readonly #poller: Poller;
  readonly #reckonings = new Latest(
    (document: object) => this.#ask({ document, changes: [] }),
    (told) => (this.#reckoned = told),
  );
  readonly #supposals = new Latest(
    (asked: Pick<ReckoningQuestion, 'document' | 'changes'>) => this.#ask(asked),
    (told) => (this.#hypothetical = told),
  );

  readonly #changes = $derived(changesOf(this.wish, this.account?.positions ?? []));
  readonly isSupposed: boolean = $derived(this.#changes.length > 0);
  /** The document, with the rules of a market that is supposed to be entered. */
  readonly #ruled = $derived.by(() => {
    const market = this.#live.marketOf(this.wish.opening?.market ?? '');
    if (this.#document === null || market === undefined) return this.#document;
    return withRules(this.#document, market);
  });
  /** What the core says of what is shown. */
  readonly #said = $derived(
    this.isSupposed ? (this.#hypothetical ?? this.#reckoned) : this.#reckoned,
  );

  /** To be made while a component is: it follows what is wished as long as that lives. */
  constructor(live: Live, account: string) {
    this.#live = live;
    this.path = `/v1/accounts/${encodeURIComponent(account)}`;
    this.#poller = new Poller(
      (signal) => this.#load(signal),
      EVERY_MS,
      () => live.reachable,
    );
    $effect(() => {
      const [document, changes] = [this.#ruled, this.#changes];
      if (document !== null && changes.length > 0) this.#supposals.ask({ document, changes });
    });
    $effect(() => this.#follow());
  }

  /** Of the account, or of what is supposed of it. */
  get figures(): Figures | null {
    const { account } = this;
    if (account === null) return null;
    const told = this.isSupposed ? this.#hypothetical : null;
    return told === null || 'error' in told ? figuresOf(account) : supposed(told.account);
  }

  get advice(): readonly Finding[] {
    return this.#said !== null && 'advice' in this.#said ? this.#said.advice : [];
  }

  /** Why the core does not take what is supposed; empty when it does. */
  get objection(): string {
    const said = this.#said;
    if (!this.isSupposed || said === null || !('error' in said)) return '';
    return `${said.error.path} ${said.error.message}`;
  }

  /** The derivation of a position's liquidation price. */
  stepsOf(market: string, marginMode: string): readonly Step[] {
    if (this.#said === null || 'error' in this.#said) return [];
    const own = this.#said.derivations.find(
      (each) => each.market === market && each.marginMode === marginMode,
    );
    return own?.steps ?? [];
  }

  /** Funding of the open position in a market since it was opened; null while not known. */
  paidIn(market: string): string | null {
    return this.past?.history.funding.find((each) => each.market === market)?.paid ?? null;
  }

  /** Another wish, or none: what was said of the one before is forgotten with it. */
  suppose(wish: Wish): void {
    if (wish === NO_WISH) this.#hypothetical = null;
    this.wish = wish;
  }

  start(): void {
    this.#poller.nudge();
  }

  close(): void {
    this.#poller.stop();
    this.#core.close();
  }

  async #load(signal: AbortSignal): Promise<void> {
    try {
      const [account, document] = await Promise.all([
        get<Account>(this.path, signal),
        get<object>(`${this.path}/document`, signal),
      ]);
      this.account = account;
      this.#document = document;
      this.#reckonings.ask(document);
      this.refusal = '';
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.refusal = error.message;
      if (!FINAL.has(error.status)) return;
      // Nobody, or nobody whom this reader may see: the same question has the same answer.
      this.account = null;
      this.#poller.stop();
    }
  }

  #ask(asked: Pick<ReckoningQuestion, 'document' | 'changes'>): Promise<Reckoning> {
    const { totals, scene } = this.#live;
    const now = totals?.time ?? scene?.time ?? new Date(0).toISOString();
    const entries = Object.entries(this.volatilities).flatMap(([market, known]) =>
      known === null ? [] : [[market, String(known.daily)] as const],
    );
    return this.#core.account({ ...asked, volatility: Object.fromEntries(entries), now });
  }

  readonly #markets = $derived(this.account?.markets.join(' ') ?? '');

  /** Estimates the volatility of what is held, from time to time. */
  #follow(): (() => void) | undefined {
    void this.#live.generation;
    const names = this.#markets;
    if (names === '') return undefined;
    const leave = new AbortController();
    const round = (): void => void this.#estimate(names.split(' '), leave.signal);
    round();
    const timer = setInterval(round, VOLATILITY_MS);
    return () => {
      leave.abort();
      clearInterval(timer);
    };
  }

  async #estimate(names: readonly string[], signal: AbortSignal): Promise<void> {
    const query = `interval=${INTERVAL.name}&limit=${CANDLES + 1}`;
    const asked = names.map(async (name) => {
      const path = `/v1/markets/${encodeURIComponent(name)}/candles?${query}`;
      const { candles } = await get<{ candles: Candle[] }>(path, signal);
      return [name, volatilityOf(candles)] as const;
    });
    // A server out of reach is said elsewhere; the estimate that is there stays.
    const entries = await Promise.all(asked).catch(() => null);
    if (entries !== null) this.volatilities = Object.fromEntries(entries);
  }
}
