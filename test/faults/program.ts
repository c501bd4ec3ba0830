/** The built program as a process of its own: started, stopped, frozen and killed by signals. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { BIN } from '../program.ts';

export interface ProgramOptions {
  readonly data: string;
  /** No file may grow beyond so many bytes, in steps of 512; the system's `ulimit -f`. */
  readonly fileBytesMax?: number;
}

/** What is refused when the program ends before it says where it is. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted';
}

/** A running `plimsoll serve`; whoever starts it ends it. */
export class Program {
  readonly process: ChildProcess;
  readonly #exit: Promise<number | null>;
  #said = '';
  #address = '';

  private constructor(process: ChildProcess) {
    this.process = process;
    this.#exit = once(process, 'exit').then(([code]: (number | null)[]) => code ?? null);
    for (const stream of [process.stdout, process.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
  }

  /** Starts it without waiting for anything. */
  static launch({ data, fileBytesMax }: ProgramOptions): Program {
    const run = [process.execPath, BIN, 'serve', '--no-demo', '--data', data, '--port', '0'];
    const limited = ['-c', `ulimit -f ${Math.floor((fileBytesMax ?? 0) / 512)}; exec "$@"`, 'sh'];
    const [file = '', ...args] = fileBytesMax === undefined ? run : ['sh', ...limited, ...run];
    return new Program(spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** Starts it and waits until it says where it is. Throws `NotStarted` with what it said. */
  static async start(options: ProgramOptions): Promise<Program> {
    const program = Program.launch(options);
    await program.ready();
    return program;
  }

  /** Everything that it has printed. */
  get said(): string {
    return this.#said;
  }

  /** Such as `http://127.0.0.1:41234`, once it is ready. */
  get address(): string {
    return this.#address;
  }

  async ready(): Promise<void> {
    let ended = false;
    void this.#exit.then(() => (ended = true));
    while (this.#address === '') {
      this.#address = /http:\/\/[\d.]+:\d+/.exec(this.#said)?.[0] ?? '';
      if (this.#address !== '') return;
      if (ended) throw new NotStarted(`the program did not start: ${this.#said}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Sends a signal that does not end it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.process.kill(signal);
  }

  /** Ends it with a signal, and waits until it is gone; its exit code. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    this.process.kill(signal);
    return this.#exit;
  }

  /** Resolves with the exit code when it ends by itself. */
  ended(): Promise<number | null> {
    return this.#exit;
  }
}
