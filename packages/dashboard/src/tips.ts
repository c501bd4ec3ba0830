/**
 * One tooltip for the whole page: whatever has `data-tip` explains itself on hover, on focus and on
 * a tap, above dialogs too; Escape hides it.
 */
const DELAY_MS = 350;

let timer: ReturnType<typeof setTimeout> | undefined;
let owner: HTMLElement | null = null;

export function installTips(): void {
  const tip = document.createElement('div');
  tip.id = 'tip';
  tip.role = 'tooltip';
  tip.popover = 'manual';
  document.body.append(tip);
  listen('pointerover', (target) => target !== owner && showSoon(tip, target));
  listen('focusin', (target) => target.matches(':focus-visible') && show(tip, target));
  listen('click', (target) => target.classList.contains('term') && show(tip, target));
  for (const kind of ['pointerout', 'focusout', 'scroll'] as const)
    document.addEventListener(kind, () => hide(tip), true);
  document.addEventListener('keydown', (event) => event.key === 'Escape' && hide(tip));
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
  owner?.removeAttribute('aria-describedby');
  owner = null;
  if (tip.matches(':popover-open')) tip.hidePopover();
}
