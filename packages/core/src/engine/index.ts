/** What is true now, and what happens next: commands in, events out. */
export type * from './command.ts';
export type * from './config.ts';
export type * from './event.ts';
export { REFUSAL_CODES, type Refusal, type RefusalCode } from './refusal.ts';
