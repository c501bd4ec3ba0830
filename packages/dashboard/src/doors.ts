/**
 * Where on the page a view was left, so that who comes back by the keyboard stands there again. One
 * door is remembered, until it was gone through or the reader has gone elsewhere.
 */
type Panel = 'accounts' | 'events' | 'fleet';

let door: { readonly panel: Panel; readonly key: string } | null = null;

export function leaveBy(panel: Panel, key: string): void {
  door = { panel, key };
}

/**
 * The key that a panel was left by. Null where it was not, or the focus is no longer where a new
 * view puts it, or nobody sees it there: a pointer needs no focus to come back to.
 */
export function cameBy(panel: Panel): string | null {
  if (door?.panel !== panel) return null;
  if (!document.activeElement?.matches('main:focus-visible')) door = null;
  return door?.key ?? null;
}

/** Gives the focus to what was left by, as soon as it is there. */
export function comeBackTo(place: HTMLElement | null | undefined): void {
  if (!place) return;
  door = null;
  place.focus();
}

/** What has a key as its `data-door` in a part of the page. */
export function doorIn(part: Element, key: string): HTMLElement | null {
  return part.querySelector(`[data-door="${CSS.escape(key)}"]`);
}
