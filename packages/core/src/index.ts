/** Plimsoll's core: maintenance-margin mathematics and the deterministic engine, one door for all. */
export * from './units/index.ts';
