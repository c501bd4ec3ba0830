/**
 * Asks the server over HTTP. The reader's key, where the server wants one, lives as long as the
 * tab.
 */
import type { Problem } from './api.ts';

const KEY = 'plimsoll-key';

/** What the server refused, in its own words. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  get needsKey(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

export function readKey(): string | null {
  return sessionStorage.getItem(KEY);
}

export function keepKey(key: string): void {
  sessionStorage.setItem(KEY, key);
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const key = readKey();
  const response = await fetch(path, {
    headers: key === null ? {} : { authorization: `Bearer ${key}` },
    ...(signal ? { signal } : {}),
  });
  if (!response.ok) throw new RequestError(response.status, await refusal(response));
  return (await response.json()) as T;
}

async function refusal(response: Response): Promise<string> {
  try {
    const problem = (await response.json()) as Problem;
    return problem.detail ?? problem.title;
  } catch {
    return `The server answered ${response.status}.`;
  }
}
