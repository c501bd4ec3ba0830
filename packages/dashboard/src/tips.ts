/**
 * One tooltip for the whole page: whatever has `data-tip` explains itself on hover, on focus and on
 * a tap, above dialogs too; Escape hides it. While it is shown it follows the figures it tells.
 */
const DELAY_MS = 350;
const FOLLOW_MS = 500;

let timer: ReturnType<typeof setTimeout> | undefined;
let following: ReturnType<typeof setInterval> | undefined;
let owner: HTMLElement | null = null;

/** `home`: a landmark to put it into, for who goes from landmark to landmark. */
export function installTips(home: Element): void {
  const tip = document.createElement('div');
  tip.id = 'tip';
  tip.role = 'tooltip';
  tip.popover = 'manual';
  home.append(tip);
  listen('pointerover', (target) => target !== owner && showSoon(tip, target));
  listen('focusin', (target) => target.matches(':focus-visible') && show(tip, target));
  listen('click', (target) => target.classList.contains('term') && show(tip, target));
  for (const kind of ['pointerout', 'focusout'] as const)
    document.addEventListener(kind, () => hide(tip), true);
  document.addEventListener('scroll', () => moveAlong(tip), true);
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !tip.matches(':popover-open')) return;
    hide(tip);
    // Whatever else Escape leads to is for the next press.
    event.preventDefault();
  });
}

function listen(kind: string, react: (target: HTMLElement) => unknown): void {
  document.addEventListener(kind, (event) => {
    const target = event.target instanceof Element && event.target.closest('[data-tip]');
    if (target instanceof HTMLElement) react(target);
  });
}

function showSoon(tip: HTMLElement, target: HTMLElement): void {
  clearTimeout(timer);
  timer = setTimeout(() => show(tip, target), DELAY_MS);
}

function show(tip: HTMLElement, target: HTMLElement): void {
  hide(tip);
  if (!target.isConnected) return;
  owner = target;
  tip.textContent = target.dataset['tip'] ?? '';
  target.setAttribute('aria-describedby', tip.id);
  tip.showPopover();
  place(tip, target.getBoundingClientRect());
  following = setInterval(() => follow(tip, target), FOLLOW_MS);
}

/** The figure may have moved since, and its place may have gone. */
function follow(tip: HTMLElement, target: HTMLElement): void {
  const text = target.dataset['tip'] ?? '';
  if (!target.isConnected || text === '') hide(tip);
  else if (tip.textContent !== text) tip.textContent = text;
}

/** What has the focus keeps its words while the keyboard scrolls a list beneath it. */
function moveAlong(tip: HTMLElement): void {
  const at = owner?.matches(':focus-visible') ? owner.getBoundingClientRect() : null;
  if (at === null || at.bottom < 0 || at.top > innerHeight) hide(tip);
  else place(tip, at);
}

function place(tip: HTMLElement, at: DOMRect): void {
  const { width, height } = tip.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, innerWidth - width - 8));
  const below = at.bottom + 6;
  const top = below + height > innerHeight ? at.top - height - 6 : below;
  tip.style.left = `${left}px`;
  tip.style.top = `${Math.max(8, top)}px`;
}

function hide(tip: HTMLElement): void {
  clearTimeout(timer);
  clearInterval(following);
  owner?.removeAttribute('aria-describedby');
  owner = null;
  if (tip.matches(':popover-open')) tip.hidePopover();
}
