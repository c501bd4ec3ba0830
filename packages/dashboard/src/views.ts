/**
 * The views of the page, each loaded when it is first asked for: a reader of one does not wait for
 * the scripts of another.
 */
import type { Component } from 'svelte';
import type { Live } from './live.svelte.ts';
import type { Move, Route } from './route.ts';

/** What every view is given. */
export interface ViewProps {
  readonly live: Live;
  readonly route: Route;
  readonly go: (move: Move) => void;
}

export interface View {
  /** The first part of its address after `#/`. */
  readonly path: string;
  /** In the navigation and in the window's title; null for one that others lead to. */
  readonly label: string | null;
  /** Whether it has nothing to show without the server's figures. */
  readonly needsServer: boolean;
  /** Whether it fills a large screen exactly instead of scrolling. */
  readonly fills: boolean;
  readonly load: () => Promise<{ readonly default: Component<ViewProps> }>;
}

const loadFleet: View['load'] = () => import('./view/FleetView.svelte');

const FLEET: View = { path: '', label: 'fleet', needsServer: true, fills: true, load: loadFleet };

const CALCULATOR: View = {
  path: 'calculator',
  label: 'calculator',
  needsServer: false,
  fills: false,
  load: () => import('./calculator/Calculator.svelte'),
};

const LEARN: View = {
  path: 'learn',
  label: 'learn',
  needsServer: false,
  fills: false,
  load: () => import('./learn/Learn.svelte'),
};

const ACCOUNT: View = {
  path: 'account',
  label: null,
  needsServer: true,
  fills: false,
  load: () => import('./account/AccountView.svelte'),
};

export const VIEWS: readonly View[] = [FLEET, CALCULATOR, LEARN, ACCOUNT];

/** The view of an address; the fleet for one that is not known. */
export function viewOf({ view }: Route): View {
  return VIEWS.find(({ path }) => path === view) ?? FLEET;
}
