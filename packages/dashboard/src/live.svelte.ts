/**
 * The page's one picture of the server: loaded over HTTP, then moved by the feed. Messages gather
 * outside of the reactive state and enter it once a frame.
 */
import type {
  Control,
  EventPage,
  FeedEvent,
  FeedMessage,
  IsoTime,
  Market,
  Scene,
  Totals,
  TotalsPoint,
  Validity,
} from './api.ts';
import { get, keepKey, readKey, RequestError } from './client.ts';
import { FeedConnection, retryDelayMs, type Phase } from './connection.ts';
import { addPoint } from './curve.ts';
import { append, EMPTY_FEED, FEED_KINDS, KEPT, type Feed } from './feed.ts';
import { oncePerFrame } from './frame.ts';

interface Marks {
  readonly time: IsoTime;
  readonly prices: Readonly<Record<string, string>>;
  readonly validity: Readonly<Record<string, Validity>>;
}

interface Snapshot {
  readonly scene: Scene;
  readonly markets: readonly Market[];
  readonly totals: Totals | null;
  readonly history: readonly TotalsPoint[];
  readonly past: readonly FeedEvent[];
}

const NO_MARKS: Marks = { time: '', prices: {}, validity: {} };
const POINT_EVERY_MS = 2_000;
const MARKETS_EVERY_MS = 10_000;
/** How often to look whether an empty engine has been set up. */
const EMPTY_EVERY_MS = 2_000;
const MAX_PENDING = 4 * KEPT;

export class Live {
  phase: Phase = $state('connecting');
  /** When the server was last found to have started again, as a time on the page's own clock. */
  restartedAt: number | null = $state(null);
  scene: Scene | null = $state.raw(null);
  /** How the scene stands that is played; null where none is. */
  control: Control | null = $state.raw(null);
  markets: readonly Market[] = $state.raw([]);
  marks: Marks = $state.raw(NO_MARKS);
  totals: Totals | null = $state.raw(null);
  history: readonly TotalsPoint[] = $state.raw([]);
  feed: Feed = $state.raw(EMPTY_FEED);
  /** Rises whenever the state was fetched anew: charts and lists then fetch theirs too. */
  generation = $state(0);

  #cursor: number | null = null;
  #pendingEvents: FeedEvent[] = [];
  #pendingMarks: Marks | null = null;
  #pendingTotals: Totals | null = null;
  #pointAt = 0;
  #loading = false;
  readonly #connection: FeedConnection;
  readonly #flushSoon = oncePerFrame(() => this.#flush());

  constructor(origin: string) {
    this.#connection = new FeedConnection(`${origin.replace(/^http/, 'ws')}/v1/feed`, {
      onMessage: (message) => this.#hear(message),
      onPhase: (phase) => (this.phase = phase),
      cursor: () => this.#cursor,
      key: readKey,
    });
    setInterval(() => void this.#refreshMarkets(), MARKETS_EVERY_MS);
  }

  async start(attempt = 0): Promise<void> {
    try {
      if (!(await this.#load())) return;
      this.#connection.open();
    } catch (error) {
      if (error instanceof RequestError && error.needsKey) this.phase = 'refused';
      else setTimeout(() => void this.start(attempt + 1), retryDelayMs(attempt, Math.random()));
    }
  }

  async useKey(key: string): Promise<void> {
    keepKey(key);
    this.phase = 'connecting';
    await this.start();
  }

  /** Whether it makes sense to ask the server for anything now. */
  get reachable(): boolean {
    if (this.#loading) return false;
    return this.phase === 'live' || this.phase === 'connecting';
  }

  /** The settlement asset's symbol, the unit of all money. */
  get asset(): string {
    return this.scene?.asset?.symbol ?? '';
  }

  /** Margin ratio of the call; null where the rules know none. */
  get callAt(): string | null {
    return this.scene?.policy?.marginCallAt ?? null;
  }

  /** The newest mark of a market, from the feed or, before its first message, from the list. */
  markOf(market: string): string | null {
    return this.marks.prices[market] ?? this.marketOf(market)?.mark ?? null;
  }

  /** Its change over 24 hours; the list, which is older, says what it was a day ago. */
  changeOf(market: string): number | null {
    const row = this.marketOf(market);
    if (!row || row.change24h === null || row.mark === null) return null;
    const dayAgo = Number(row.mark) / (1 + Number(row.change24h));
    return Number(this.markOf(market)) / dayAgo - 1;
  }

  /** How far that mark can be trusted, likewise. */
  validityOf(market: string): Validity {
    return this.marks.validity[market] ?? this.marketOf(market)?.validity ?? 'unmarked';
  }

  marketOf(market: string): Market | undefined {
    return this.markets.find((row) => row.market === market);
  }

  /** False when there is nothing to load: an engine that has not been set up. */
  async #load(): Promise<boolean> {
    this.#loading = true;
    this.#pendingEvents = [];
    try {
      const scene = await get<Scene>('/v1/scene');
      if (scene.asset === null) this.#empty(scene);
      else this.#adopt(await this.#fetchAll(scene));
      return scene.asset !== null;
    } finally {
      this.#loading = false;
      this.#flushSoon();
    }
  }

  /** No figure of an engine that was here before stays, and the page looks for the first anew. */
  #empty(scene: Scene): void {
    this.#connection.close();
    this.#adopt({ scene, markets: [], totals: null, history: [], past: [] });
    this.phase = 'empty';
    setTimeout(() => void this.start(), EMPTY_EVERY_MS);
  }

  async #fetchAll(scene: Scene): Promise<Snapshot> {
    const kinds = FEED_KINDS.map((kind) => `kind=${kind}`).join('&');
    const [list, totals, history, past] = await Promise.all([
      get<{ markets: Market[] }>('/v1/markets'),
      get<Totals>('/v1/totals'),
      get<{ points: TotalsPoint[] }>('/v1/totals/history?limit=400'),
      get<EventPage>(`/v1/events?order=newest&limit=${KEPT}&${kinds}`),
    ]);
    const { markets } = list;
    return { scene, markets, totals, history: history.points, past: past.events };
  }

  #adopt({ scene, markets, totals, history, past }: Snapshot): void {
    this.#cursor = scene.sequence;
    this.scene = scene;
    this.control = scene.control;
    this.markets = markets;
    this.marks = NO_MARKS;
    this.#pointAt = 0;
    this.totals = totals;
    this.history = history;
    this.feed = append(EMPTY_FEED, past.toReversed());
    this.generation += 1;
  }

  async #refreshMarkets(): Promise<void> {
    if (this.phase !== 'live' || document.hidden) return;
    try {
      this.markets = (await get<{ markets: Market[] }>('/v1/markets')).markets;
    } catch {
      // The feed notices a lost server by itself and says so; the next round asks again.
    }
  }

  #hear(message: FeedMessage): void {
    switch (message.type) {
      case 'hello':
        return this.#greet(message.scene);
      case 'restart':
        return void this.#startOver(message.sequence);
      case 'events':
        return this.#gather(message.events);
      case 'marks':
        this.#pendingMarks = message;
        return this.#flushSoon();
      case 'totals':
        this.#pendingTotals = message;
        return this.#flushSoon();
      case 'scene':
        this.control = message.control;
        return;
      case 'error':
        return console.warn(`The feed was refused: ${message.detail}`);
    }
  }

  #greet(scene: Scene): void {
    const before = this.scene;
    this.scene = scene;
    this.control = scene.control;
    if (!before || before.startedAt === scene.startedAt) return;
    // A replay that starts again was wanted so; any other restart may surprise.
    if (scene.kind !== 'replayed') this.restartedAt = Date.now();
    void this.#reload();
  }

  async #startOver(sequence: number): Promise<void> {
    if (await this.#reload()) this.#connection.subscribe(sequence);
  }

  /** Says whether it worked: a server that goes away meanwhile is the connection's business. */
  async #reload(): Promise<boolean> {
    try {
      return await this.#load();
    } catch {
      return false;
    }
  }

  #gather(events: readonly FeedEvent[]): void {
    const last = events.at(-1);
    if (!last) return;
    this.#cursor = last.sequence;
    this.#pendingEvents.push(...events);
    // A hidden tab gets no frames: what waits for one must not grow meanwhile.
    if (this.#pendingEvents.length > MAX_PENDING)
      this.#pendingEvents = this.#pendingEvents.slice(-MAX_PENDING);
    this.#flushSoon();
  }

  #flush(): void {
    this.#flushEvents();
    if (this.#pendingMarks) this.marks = this.#pendingMarks;
    if (this.#pendingTotals) this.#takeTotals(this.#pendingTotals);
    this.#pendingMarks = null;
    this.#pendingTotals = null;
  }

  /** Events that come while the past is being fetched wait for it. */
  #flushEvents(): void {
    if (this.#loading || this.#pendingEvents.length === 0) return;
    this.feed = append(this.feed, this.#pendingEvents);
    this.#pendingEvents = [];
  }

  #takeTotals(totals: Totals): void {
    this.totals = totals;
    const now = Date.parse(totals.time);
    if (now - this.#pointAt < POINT_EVERY_MS) return;
    this.#pointAt = now;
    const { time, sequence, called, liquidations: liquidated, openInterest } = totals;
    this.history = addPoint(this.history, {
      time,
      sequence,
      fund: totals.fund.equity,
      called,
      liquidated,
      openInterest,
    });
  }
}
