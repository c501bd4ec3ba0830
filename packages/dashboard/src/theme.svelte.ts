/**
 * Dark or light: what the system prefers until the reader chooses, then the reader's choice.
 */
export type Theme = 'dark' | 'light';

const KEY = 'plimsoll-theme';
const prefersDark = matchMedia('(prefers-color-scheme: dark)');

/**
 * The theme now; whoever paints without the style sheet reads it and paints again when it turns.
 */
export const theme: { now: Theme } = $state({ now: 'dark' });

export function followTheme(): void {
  apply();
  prefersDark.addEventListener('change', apply);
}

export function toggleTheme(): void {
  localStorage.setItem(KEY, theme.now === 'dark' ? 'light' : 'dark');
  apply();
}

function apply(): void {
  theme.now = wanted();
  document.documentElement.dataset['theme'] = theme.now;
}

function wanted(): Theme {
  const chosen = localStorage.getItem(KEY);
  if (chosen === 'dark' || chosen === 'light') return chosen;
  return prefersDark.matches ? 'dark' : 'light';
}

/** A colour of the style sheet, for canvases. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
