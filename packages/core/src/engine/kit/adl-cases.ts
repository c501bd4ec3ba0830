/**
 * Published cases of auto-deleveraging and of final settlement: a short of 1 against a long of 1,
 * each with its cash.
 */
import { accountView } from '../account-view.ts';
import { liquidationPresets } from '../liquidation-presets.ts';
import type { LiquidationRules } from '../liquidation-rules.ts';
import { reason, type Outcome, type PublishedCase } from './published-case.ts';
import type { EngineEvent } from '../event.ts';
import { eventsOf, kinds, plainConfig, plainRules, Scene, tradeOf } from './scene.ts';

interface Party {
  readonly quote_balance: string;
}

/** Opened at 50,000, so a quote of q means q − 50,000 of money (short) or q + 50,000 (long). */
function shortAgainstLong(short: number, long: number, liquidation: LiquidationRules): Scene {
  const policy = { marginCallAt: null, marginCallClearAt: null, call: null };
  const scene = new Scene(plainConfig({ policy }));
  scene.open('BTC', plainRules({ maxLeverage: '100', liquidation }), 50_000);
  scene.fund({ carl: 50_000, dave: 50_000 });
  scene.accept(tradeOf('BTC', ['dave', 'carl'], [1, 50_000]));
  scene.leave('carl', short - 50_000);
  scene.leave('dave', long + 50_000);
  return scene;
}

export function adlCase({ inputs, expected }: PublishedCase): Outcome {
  const [short, long] = [inputs['liquidated'], inputs['offsetting']].map((party) =>
    Number((party as Party).quote_balance),
  );
  const scene = shortAgainstLong(short ?? 0, long ?? 0, {});
  scene.mark({ BTC: 50_000 });
  const events = scene.wait(10_000);
  const [first] = eventsOf(events, 'deleveraged');
  // Where the two bankruptcy prices do not overlap nobody is deleveraged there; here it is done at
  // the mark as the last resort, and what is owed then goes down the waterfall.
  if (expected['deleveraged'] === false) {
    const owed = kinds(events).includes('deficit-covered');
    return { actual: { deleveraged: first?.priceTicks === short && !owed } };
  }
  const after = (id: string): Record<string, string> => ({
    base: '0',
    quote_balance: String(accountView(scene.engine, id)?.balanceAtoms),
  });
  return {
    actual: {
      deleveraged_at_quote: String(first?.priceTicks),
      liquidated_after: after('carl'),
      offsetting_after: after('dave'),
    },
  };
}

/** Whether an unfilled order is deleveraged when only accounts below zero may be. */
export function deleveragesAtBankruptcy({ inputs }: PublishedCase): boolean {
  const liquidation = liquidationPresets.dydx.liquidation.rules ?? {};
  const short = Number(inputs['quote_balance']);
  const rules: LiquidationRules = { ...liquidation, chunk: null };
  const scene = shortAgainstLong(short, 1_000_000, rules);
  scene.mark({ BTC: Number(inputs['oracle_price']) });
  return eventsOf(scene.wait(10_000), 'deleveraged').some((event) => event.priceTicks === short);
}

function delisted(scene: Scene, priceTicks: number): readonly EngineEvent[] {
  scene.accept({ kind: 'halt-market', market: 'BTC' });
  return scene.accept({ kind: 'delist-market', market: 'BTC', priceTicks, reason: 'delisting' });
}

/** Both close at the final price; there in a deal of their own, here with everybody else. */
export function settlementCase({ inputs, expected }: PublishedCase): Outcome {
  if ('error' in expected) {
    return reason('who owes does not hold a delisting up: the fund and then everybody pays');
  }
  const [short, long] = [inputs['liquidated'], inputs['offsetting']].map((party) =>
    Number((party as Party).quote_balance),
  );
  const scene = shortAgainstLong(short ?? 0, long ?? 0, {});
  delisted(scene, Number(inputs['oracle_price']));
  const quoteOf = (id: string): string => String(accountView(scene.engine, id)?.balanceAtoms);
  return { actual: { liquidated_quote: quoteOf('carl'), offsetting_quote: quoteOf('dave') } };
}

/** How a healthy account is closed in a market's final settlement. */
export function finalTriggerCase({ inputs }: PublishedCase): Outcome {
  const scene = shortAgainstLong(Number(inputs['quote_balance']), 1_000_000, {});
  const price = Number(inputs['oracle_price']);
  const events = delisted(scene, price);
  const settled = eventsOf(events, 'position-settled').filter(({ account }) => account === 'carl');
  return {
    actual: {
      at_bankruptcy_price: kinds(events).includes('deleveraged'),
      at_oracle_price: settled.length === 1 && settled[0]?.priceTicks === price,
    },
  };
}
