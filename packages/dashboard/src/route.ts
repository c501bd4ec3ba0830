/**
 * Where the reader is, in the address after `#`: a market and an account, so that a view can be
 * linked, kept and left with the browser's back button.
 */
export interface Route {
  readonly market: string | null;
  readonly account: string | null;
}

export function parseRoute(hash: string): Route {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  return { market: parameters.get('market'), account: parameters.get('account') };
}

export function writeRoute(route: Route): string {
  const parameters = new URLSearchParams();
  if (route.market) parameters.set('market', route.market);
  if (route.account) parameters.set('account', route.account);
  const text = parameters.toString();
  return text === '' ? '#' : `#${text}`;
}
