/** What each venue says: one file a venue, all of them in the grammar of `margin`. */
import type { Rulebook } from '../margin/index.ts';
import { custom } from './custom.ts';

/** Every rulebook there is; hand it to `check` and `explain`. */
export const rulebooks: readonly Rulebook[] = [custom];
