/** What OKX says of its swaps, linear and inverse alike. */
import type { Clause, Source } from '../margin/index.ts';

const TIERED = 'OKX help: tiered maintenance margin ratio rules, 2025-05-16';

/** Where the formula of the margin ratio was read. */
export const OKX_RATIO: Source = {
  source: 'copies of the OKX help text on margin ratio; the page itself was not seen',
  confidence: 'third-party',
};

/** The tier and the price of an order are not in the text. */
export const OKX_ORDERS = { orders: { maintenance: 'alone' } } as const;
export const ORDERS_TAKEN =
  'how orders are tiered inside maintenance is not known: each is taken alone, at its price';

export const OKX_CLAUSES: readonly Clause[] = [
  {
    about: 'maintenance',
    says: 'The tier of the contracts held sets one rate for the whole value at the mark; a tier holds up to and on its upper end.',
    source: 'okx.com: adjust position tiers of certain perpetuals, 2025-11-07',
    confidence: 'documented',
  },
  {
    about: 'closing fee',
    says: 'The liquidation fee, value at the mark times the taker rate of the user, is inside the requirement.',
    ...OKX_RATIO,
  },
  {
    about: 'trigger',
    says: 'Liquidated when the margin ratio, equity over requirement, falls to 100 %; a warning comes at 300 %.',
    source: TIERED,
    confidence: 'mirror',
  },
  {
    about: 'hedge',
    says: 'In cross margin all positions of a contract are added to find the tier; isolated, each stands alone.',
    ...OKX_RATIO,
  },
  {
    about: 'orders',
    says: 'Open orders of a cross account are inside its maintenance; each is reckoned here as if filled at its price, in the tier of its own contracts, and stays while the mark moves.',
    ...OKX_RATIO,
  },
  {
    about: 'liquidation',
    says: 'Orders are cancelled first. From tier 3 on the position is cut by two tiers at a time, else closed whole; an older page cuts straight to tier 1.',
    source: TIERED,
    confidence: 'mirror',
  },
];
