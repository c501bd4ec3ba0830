/**
 * A played scene in words and places: what is said of where its prices come from, where a time lies
 * on its bar, and how far a key press goes.
 */
import type { Control, IsoTime, Scene } from './api.ts';
import { count, moment, percent } from './format.ts';

export const SPEEDS = [1, 10, 60, 300, 900, 3_600] as const;

/** The speeds to choose from, with the one that is in force. */
export function speedsWith(speed: number): readonly number[] {
  const all = new Set<number>([...SPEEDS, speed]);
  return [...all].toSorted((a, b) => a - b);
}

/** "×60"; a plain 1 is the speed of the clock on the wall. */
export function speedName(speed: number): string {
  return `×${count(speed)}`;
}

/** Where a time lies between the ends of the scene, 0 to 1. */
export function placeOf({ from, to }: Control, time: number): number {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  if (last <= first) return 0;
  return Math.min(1, Math.max(0, (time - first) / (last - first)));
}

const STEPS = 50;
const SECOND_MS = 1_000;

/** How far one press of an arrow goes: a fiftieth of the scene, in whole seconds. */
export function strideOf({ from, to }: Control): number {
  const span = Date.parse(to) - Date.parse(from);
  return Math.max(1, Math.round(span / STEPS / SECOND_MS)) * SECOND_MS;
}

/** The file's name without what every one of them ends in. */
export function fileName(file: string): string {
  return file.replace(/\.csv(\.gz)?$/, '');
}

/** "−11.8 %": how far the price falls in the crash; empty where nobody can know yet. */
export function fallOf({ crash }: Control): string {
  return crash?.fall == null ? '' : percent(`-${crash.fall}`, 1);
}

/** What each kind of scene is, for whoever sees it the first time. */
export const KINDS: Readonly<Record<Scene['kind'], string>> = {
  live: 'Prices and accounts come from outside; nothing here is made by this server.',
  simulated: 'Prices and traders here are made by a program.',
  replayed: 'Prices that have been, from a candle file; the traders are made by a program.',
};

/** One sentence for screen readers when a state begins. */
export function announced(control: Control): string {
  const at = momentOf(control.time);
  switch (control.state) {
    case 'playing':
      return `Playing at ${speedName(control.speed)} from ${at}.`;
    case 'paused':
      return `Paused at ${at}.`;
    case 'jumping':
      return control.until === null ? '' : `Running ahead to ${momentOf(control.until)}.`;
    case 'ended':
      return `The scene has ended, ${at}.`;
  }
}

/** "2025-10-10 21:20 UTC". */
export function momentOf(time: IsoTime): string {
  return moment(time).replace(/:\d\d UTC$/, ' UTC');
}
