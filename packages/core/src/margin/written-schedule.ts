/** A schedule as an account document writes it, for those who keep rules in that form. */
import type { Refusal } from './account.ts';
import { makeReader, step } from './reader.ts';
import type { By, Schedule } from './rules.ts';
import { readSchedule } from './schedule-reader.ts';
import type { DecimalLike } from '../units/index.ts';

/** One level of a written schedule. */
export interface WrittenLevel {
  readonly from: DecimalLike;
  readonly rate: DecimalLike;
}

/** The seven kinds, with decimals as text or JSON numbers. */
export type WrittenSchedule =
  | { readonly kind: 'flat'; readonly rate: DecimalLike }
  | {
      readonly kind: 'brackets' | 'steps';
      readonly by?: By;
      readonly levels: readonly WrittenLevel[];
    }
  | {
      readonly kind: 'linear';
      readonly by?: By;
      readonly base: DecimalLike;
      readonly perUnit: DecimalLike;
    }
  | {
      readonly kind: 'power';
      readonly by?: By;
      readonly base: DecimalLike;
      readonly factor: DecimalLike;
      readonly exponent: DecimalLike;
      readonly offset?: DecimalLike;
    }
  | { readonly kind: 'per-unit'; readonly amount: DecimalLike }
  | { readonly kind: 'max'; readonly of: readonly WrittenSchedule[] };

/** Reads an untrusted schedule, defaults filled in, or says what is wrong with it and where. */
export function parseSchedule(value: unknown, path: string): Schedule | Refusal {
  const reader = makeReader();
  const schedule = readSchedule(reader, value, step(null, path));
  return reader.refusal ?? schedule;
}
