/** The rulebook without a venue: the document itself brings the rules of every market. */
import type { Rulebook } from '../margin/index.ts';

export const custom: Rulebook = {
  id: 'custom',
  title: 'Rules given in the document',
  clauses: [],
  markets: {},
};
