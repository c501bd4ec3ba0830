/** Published cases of losses that nobody can bear alone, and of who is more at risk. */
import { accountView } from '../account-view.ts';
import { liquidationPresets } from '../liquidation-presets.ts';
import { reason, type Outcome, type PublishedCase } from './published-case.ts';
import { compareRisk } from '../risk-order.ts';
import { NONE } from '../state.ts';
import { poolStanding } from '../valuation.ts';
import { eventOf, maintenance, plainConfig, plainRules, Scene, tradeOf } from './scene.ts';

const PRICE = 1_000;

/**
 * A long of 1 owes the loss and is filled at the mark; the fund has nothing, and what is left open
 * in the market pays.
 */
export function sharedLossCase({ id, inputs }: PublishedCase): Outcome {
  if (id.endsWith('deposit')) return reason('nothing is lent, so no lender bears a loss');
  const { liquidation, market } = liquidationPresets.drift;
  const policy = { marginCallAt: null, marginCallClearAt: null, call: null };
  const scene = new Scene(plainConfig({ policy, liquidation }));
  const limit = { kind: 'mark', within: '0', beyondBankruptcy: 'all-pay' } as const;
  const rules = { ...liquidation.rules, limit };
  scene.open('P', plainRules({ ...market, liquidationFee: '0', liquidation: rules }), PRICE);
  const rich = 10 * PRICE;
  scene.fund({ owing: rich, house: rich, ann: rich, bob: rich });
  scene.accept(tradeOf('P', ['ann', 'bob'], [Number(inputs['oi_long']), PRICE]));
  scene.accept(tradeOf('P', ['owing', 'house'], [1, PRICE]));
  scene.leave('owing', -Number(inputs['loss_usd']));
  const { liquidation: number } = eventOf(scene.mark({ P: PRICE }), 'liquidation-started');
  const fill = { sizeLots: 1, priceTicks: PRICE, counterparty: 'house' };
  scene.accept({ kind: 'fill-liquidation', liquidation: number, ...fill });
  const paid = (account: string): string =>
    String(rich - (accountView(scene.engine, account)?.balanceAtoms ?? 0));
  return { actual: { long_5_pays: paid('ann'), short_5_pays: paid('bob') } };
}

/** Two accounts with those figures: whose liquidation would begin first where they take turns. */
export function riskCase({ inputs }: PublishedCase): Outcome {
  const scene = new Scene(plainConfig());
  scene.fund({ house: 100 * PRICE });
  const [a, b] = ['a', 'b'].map((account) => {
    const { NC, MMR } = inputs[account] as Readonly<Record<'NC' | 'MMR', string>>;
    const rate = String(Number(MMR) / PRICE);
    scene.open(account, plainRules({ maintenance: maintenance(rate) }), PRICE);
    scene.fund({ [account]: PRICE });
    if (Number(MMR) > 0) scene.accept(tradeOf(account, [account, 'house'], [1, PRICE]));
    scene.leave(account, Number(NC));
    return poolStanding(scene.engine, scene.engine.accounts.rows.get(account) ?? NONE);
  });
  return { actual: { cmp: a === undefined || b === undefined ? null : compareRisk(a, b) } };
}
