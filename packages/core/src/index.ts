/**
 * Plimsoll's core through one door: exact numbers, margin, rulebooks. The engine and the lab have
 * doors of their own.
 */
export * from './margin/index.ts';
export * from './rulebook/index.ts';
export * from './units/index.ts';
