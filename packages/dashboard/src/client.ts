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

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, signal ? { signal } : {});
}

export function post<T>(path: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return ask<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Sends a file as it is. */
export function put<T>(path: string, file: Blob): Promise<T> {
  const headers = { 'content-type': 'application/octet-stream' };
  return ask<T>(path, { method: 'PUT', headers, body: file });
}

async function ask<T>(path: string, request: RequestInit): Promise<T> {
  const key = readKey();
  const headers = new Headers(request.headers);
  if (key !== null) headers.set('authorization', `Bearer ${key}`);
  const response = await fetch(path, { ...request, headers });
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
