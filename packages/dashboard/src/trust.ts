/**
 * What is said of a market whose mark cannot be trusted, or that does not let everything happen: a
 * word, and what follows from it for whoever trades there.
 */
import type { MarketMode, Validity } from './api.ts';

export interface Caution {
  readonly word: string;
  readonly meaning: string;
}

const OF_MARK: Readonly<Record<Exclude<Validity, 'fresh'>, Caution>> = {
  unmarked: {
    word: 'no mark yet',
    meaning: 'There is no mark price yet: nothing can be traded, and nobody is liquidated.',
  },
  stale: {
    word: 'stale',
    meaning:
      'No fresh price for too long; the last one is held. Nothing may add risk or be withdrawn; accounts below their line are still liquidated.',
  },
  jumping: {
    word: 'jump unconfirmed',
    meaning:
      'The sources have jumped far away, and the mark is held until they confirm it. Nothing may add risk or be withdrawn, and nobody is liquidated meanwhile.',
  },
  disputed: {
    word: 'disputed',
    meaning:
      'Too few price sources agree, and the mark is held. Nothing may add risk or be withdrawn, and nobody is liquidated meanwhile.',
  },
  invalid: {
    word: 'too old',
    meaning:
      'The mark is too old to be used. Nothing may add risk or be withdrawn, and nobody is liquidated until a new one comes.',
  },
};

const OF_MODE: Readonly<Record<Exclude<MarketMode, 'open'>, Caution>> = {
  'reduce-only': { word: 'reduce only', meaning: 'No account may add risk in this market.' },
  'liquidation-only': {
    word: 'liquidation only',
    meaning: 'Nobody may trade; only liquidations are carried out.',
  },
  halted: { word: 'halted', meaning: 'Nobody may trade, and nobody is liquidated.' },
  confirming: {
    word: 'confirming',
    meaning: 'After a halt: new prices are compared; nobody may trade, and nobody is liquidated.',
  },
  recovering: {
    word: 'recovering',
    meaning: 'After a halt: positions may be reduced, and nobody is liquidated yet.',
  },
  delisted: { word: 'delisted', meaning: 'Closed for good at its final price.' },
};

/** Everything that speaks against relying on a market; empty for one that is as usual. */
export function cautionsOf(validity: Validity, mode: MarketMode): readonly Caution[] {
  const mark = validity === 'fresh' ? [] : [OF_MARK[validity]];
  return mode === 'open' ? mark : [...mark, OF_MODE[mode]];
}
