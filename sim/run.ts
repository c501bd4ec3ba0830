/**
 * One run: a machine, its server, those who send and those who listen, and what befalls them, all
 * from one seed. First anything may fail; then all is healed, and the server has to catch up.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dice } from '../packages/core/src/engine/kit/dice.ts';
import { ServerError } from '../packages/plimsoll/src/server/index.ts';
import { Clients } from './clients.ts';
import { WallClock } from './clock.ts';
import { Disk } from './disk.ts';
import { HistoryFile } from './history.ts';
import { Model } from './model.ts';
import { Network } from './network.ts';
import { drawOptions, type Rates, type RunOptions } from './options.ts';
import { Prices } from './prices.ts';
import { startSpoilt } from './rot.ts';
import { Server } from './server.ts';
import { Subscriber } from './subscriber.ts';
import { Tally } from './tally.ts';
import { World, type Host } from './world.ts';

export interface Outcome {
  readonly seed: number;
  readonly options: RunOptions;
  readonly commands: number;
  readonly tally: Tally;
  /** What was wrong, the first finding first; none when all was well. */
  readonly violations: readonly string[];
  /** A digest of everything that happened, in its order. */
  readonly trace: string;
}

const PACE_MS = 4;
const HEAL_MS = 60_000;
const STALLED_MS = 60_000;
const THOUSAND = 1_000;
const FINDINGS_MOST = 5;
const FOLDER_TRIES = 4;
const BURST_MOST = 30;

export interface RunRequest {
  readonly seed: number;
  readonly commands: number;
  /** Told every line of what happens. */
  readonly tell?: (line: string) => void;
}

/** Runs one seed. */
export async function simulate({ seed, commands, tell }: RunRequest): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'plimsoll-sim-'));
  const run = new Run(seed, drawOptions(seed, commands), { directory, tell });
  const uninstall = run.world.install();
  try {
    await run.live();
  } finally {
    uninstall();
    rmSync(directory, { recursive: true });
  }
  return run.outcome();
}

interface Surroundings {
  readonly directory: string;
  readonly tell: RunRequest['tell'];
}

class Run {
  readonly world: World;
  readonly #seed: number;
  readonly #options: RunOptions;
  readonly #dice: Dice;
  readonly #tally = new Tally();
  readonly #violations: string[] = [];
  readonly #trace = createHash('sha256');
  readonly #directory: string;
  readonly #tell: (line: string) => void;
  readonly #clock: WallClock;
  readonly #disk: Disk;
  readonly #history = new HistoryFile();
  readonly #network: Network;
  readonly #clients: Clients;
  readonly #model: Model;
  readonly #subscribers: readonly Subscriber[];
  /** What decides when things befall the machine; it outlives all processes. */
  readonly #fate: Host = { alive: true };
  #server: Server | undefined;
  /** When a command was last sent, since somebody had got an answer. */
  #movedMs = 0;
  #isStarting = false;
  #isOver = false;

  constructor(seed: number, options: RunOptions, { directory, tell }: Surroundings) {
    const dice = new Dice(seed ^ 0x51);
    const tally = this.#tally;
    const world = new World(new Dice(seed ^ 0x0a11));
    const report = (violation: string): void => this.#report(violation);
    this.#seed = seed;
    this.#options = options;
    this.#directory = directory;
    this.#tell = tell ?? (() => undefined);
    this.#dice = dice;
    this.world = world;
    this.#clock = new WallClock(world);
    this.#disk = new Disk(seed, { world, dice, options: options.disk, tally });
    this.#network = new Network({ world, dice, options: options.network, tally });
    this.#clients = new Clients(seed, {
      world,
      clock: this.#clock,
      network: this.#network,
      prices: new Prices({ dice, rates: options.rates, tally }),
      report,
      receive: (draft, sender, reply) => {
        this.#note(`receive ${sender.client}/${sender.id ?? ''}`);
        this.#server?.receive(draft, sender, (outcome) => {
          this.#note(JSON.stringify(outcome));
          reply(outcome);
        });
      },
    });
    const { policy } = this.#clients.rehearsal.rules.config;
    this.#model = new Model(report, policy.call !== null || policy.marginCallAt !== null);
    const model = this.#model;
    const listening = { world, model, tally, report, server: () => this.#server };
    this.#subscribers = [
      new Subscriber(listening),
      new Subscriber(listening),
      new Subscriber({ ...listening, account: 'ann' }),
    ];
    world.onError = (error) => report(error instanceof Error ? (error.stack ?? '') : String(error));
    world.onLog = (line) => this.#note(line);
    this.#disk.onCut = () => this.#die(true);
    this.#disk.onSnapshot = () => {
      if (model.engine.liquidations.size > 0) tally.count('snapshot-in-avalanche');
    };
  }

  async live(): Promise<void> {
    this.#restart();
    await this.world.run(() => this.#server !== undefined || this.#isOver);
    const { shortWrite, failedSync } = this.#options.disk;
    this.#disk.storage.faults = { shortWrite, failedSync };
    this.#arm();
    await this.world.run(() => this.#clients.sent >= this.#options.commands || this.#isOver);
    if (!this.#isOver) await this.#heal();
    if (!this.#isOver) await this.#close();
  }

  outcome(): Outcome {
    return {
      seed: this.#seed,
      options: this.#options,
      commands: this.#clients.sent,
      tally: this.#tally,
      violations: this.#violations,
      trace: this.#trace.digest('hex'),
    };
  }

  #report(violation: string): void {
    const text = violation.replaceAll(this.#directory, '');
    if (this.#violations.length < FINDINGS_MOST) this.#violations.push(text);
    this.#isOver = true;
  }

  #note(text: string): void {
    // The folder has another name each time.
    const line = `${this.world.nowMs.toFixed(3)} ${text.replaceAll(this.#directory, '')}`;
    this.#trace.update(`${line}\n`);
    this.#tell(line);
  }

  /** The next command, and what befalls the machine with it. */
  #arm(): void {
    if (this.#clients.sent >= this.#options.commands) return;
    this.world.schedule(this.#fate, this.#dice.below(PACE_MS), () => {
      const { isOpening, waiting } = this.#clients;
      if (waiting < (isOpening ? 1 : this.#options.window)) {
        this.#movedMs = this.world.nowMs;
        this.#clients.sendNext(this.#model.engine);
        if (!isOpening) this.#befall();
        if (this.#dice.chance(10)) void this.#server?.read();
      }
      if (this.world.nowMs - this.#movedMs > STALLED_MS)
        this.#report(`${waiting} wait for an answer and nothing moves for a minute`);
      this.#arm();
    });
  }

  #befall(): void {
    const { rates } = this.#options;
    const happens = (kind: keyof Rates): boolean => this.#dice.below(THOUSAND) < rates[kind];
    if (happens('clockJump')) this.#clock.jump(this.#dice, this.#tally);
    if (happens('frozenClock')) this.#clock.freeze(this.#tally);
    if (happens('slowConsumer')) this.#slow();
    if (happens('burst')) this.#burst();
    if (happens('brokenConnection')) {
      this.#tally.count('broken-connection');
      this.#dice.pick(this.#subscribers).disconnect();
    }
    if (this.#server === undefined) return;
    if (happens('fullDisk')) this.#fillDisk();
    if (happens('cut')) this.#disk.cutIn = this.#dice.between(1, 8);
    if (happens('stop')) this.#stop(this.#server);
    else if (happens('kill')) this.#die(false);
    else if (happens('powerLoss')) this.#die(true);
  }

  /** Many commands at once, whoever still waits for an answer. */
  #burst(): void {
    this.#tally.count('burst');
    for (let left = this.#dice.between(5, BURST_MOST); left > 0; left -= 1)
      this.#clients.sendNext(this.#model.engine);
  }

  #slow(): void {
    this.#tally.count('slow-consumer');
    this.#dice.pick(this.#subscribers).slowUntilMs = this.world.nowMs + 2_000;
  }

  #fillDisk(): void {
    const files = this.#disk.copy(`${this.#directory}/journal`).values();
    const used = [...files].reduce((sum, bytes) => sum + bytes.length, 0);
    this.#tally.count('full-disk');
    const { storage } = this.#disk;
    storage.faults = { ...storage.faults, capacityBytes: used + this.#dice.below(500) };
  }

  /** The process is gone, and with it, when the power went, what the disk had not kept. */
  #die(isPowerLoss: boolean): void {
    const server = this.#server;
    this.#note(isPowerLoss ? 'the power goes' : 'the process dies');
    this.world.kill(server?.host ?? this.world.host);
    this.#server = undefined;
    if (!isPowerLoss) {
      this.#tally.count('kill');
      this.#disk.storage.killProcess();
    } else if (this.#disk.cutIn > 0 || server !== undefined) this.#losePower();
    for (const subscriber of this.#subscribers) subscriber.disconnect();
    this.#restart();
  }

  #losePower(): void {
    this.#history.losePower(this.#dice, this.#tally);
    this.#disk.losePower();
    this.#disk.cutIn = 0;
    this.#tally.count('power-loss');
  }

  #stop(server: Server): void {
    this.#server = undefined;
    server.feed.close();
    void server.desk.close().then(
      () => {
        if (server.host.alive) this.#die(false);
      },
      () => this.#die(false),
    );
  }

  /** What has to stop is ended by its operator, who also frees the disk. */
  #onHalt(error: ServerError): void {
    this.#note(error.message);
    if (error.code !== 'disk') this.#report(error.message);
    const { world } = this;
    const { host } = world;
    world.schedule(this.#fate, 5, () => {
      if (host.alive) this.#die(false);
    });
  }

  #restart(): void {
    if (this.#isStarting) return;
    this.#isStarting = true;
    this.world.schedule(this.#fate, this.#dice.below(40), () => void this.#start());
  }

  async #start(): Promise<void> {
    const { storage } = this.#disk;
    for (let attempt = 1; this.#server === undefined && !this.#isOver; attempt += 1) {
      const { capacityBytes: _full, ...faults } = storage.faults;
      storage.faults = attempt < FOLDER_TRIES ? faults : {};
      await this.#try();
    }
    this.#isStarting = false;
  }

  async #try(): Promise<void> {
    try {
      if (this.#dice.chance(this.#options.bitRot)) await this.#rot();
      const server = await Server.start({
        world: this.world,
        clock: this.#clock,
        disk: this.#disk,
        history: this.#history,
        model: this.#model,
        options: this.#options,
        tally: this.#tally,
        directory: this.#directory,
        report: (violation) => this.#report(violation),
        onHalt: (error) => this.#onHalt(error),
        log: (line) => this.#note(line),
      });
      this.#note(`started at ${server.engine.sequence}`);
      this.#server = server;
    } catch (cause) {
      this.#note(`did not start: ${String(cause)}`);
      const isExpected = cause instanceof ServerError && cause.code === 'folder';
      if (!isExpected) this.#report(`it does not start: ${String(cause)}`);
      this.world.kill(this.world.host);
      this.#disk.storage.killProcess();
    }
  }

  async #rot(): Promise<void> {
    await startSpoilt({
      world: this.world,
      dice: this.#dice,
      disk: this.#disk,
      history: this.#history,
      options: this.#options,
      directory: this.#directory,
      tally: this.#tally,
      report: (violation) => this.#report(violation),
    });
  }

  /** No more faults: everyone must get an answer, and every subscriber all that it wants. */
  async #heal(): Promise<void> {
    this.#network.isFaulty = false;
    this.#disk.cutIn = 0;
    this.#disk.storage.faults = {};
    for (const subscriber of this.#subscribers) subscriber.slowUntilMs = 0;
    const endMs = this.world.nowMs + HEAL_MS;
    const isWell = (): boolean =>
      this.#server !== undefined &&
      this.#clients.waiting === 0 &&
      this.#server.desk.sequencer.inFlight === 0 &&
      this.#subscribers.every((one) => one.isCurrent(this.#model.length));
    await this.world.run(() => isWell() || this.#isOver || this.world.nowMs > endMs);
    if (!isWell() && !this.#isOver)
      this.#report(`a minute without faults later ${this.#clients.waiting} wait for an answer`);
  }

  /** A last stop and a last start, which must find everything. */
  async #close(): Promise<void> {
    const { length } = this.#model;
    const server = this.#server;
    if (server === undefined) return;
    this.#stop(server);
    await this.world.run(
      () => (this.#server !== undefined && this.#server !== server) || this.#isOver,
    );
    if (!this.#isOver && this.#model.length !== length)
      this.#report(`after an orderly stop ${this.#model.length} of ${length} commands are left`);
  }
}
