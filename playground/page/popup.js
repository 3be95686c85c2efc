// Floating panels: shown in the top layer, so that neither a dialog nor a scroller clips them.
import { h, uid } from './dom.js';

const GAP = 6;

export function openPanel(panel, anchor, { match = false, onClose } = {}) {
  panel.setAttribute('popover', 'manual');
  if (!panel.matches(':popover-open')) panel.showPopover();
  const settle = () => place(panel, anchor, match);
  settle();
  const away = (event) => {
    if (!panel.contains(event.target) && !anchor.contains(event.target)) onClose?.();
  };
  const scrolled = (event) => { if (!panel.contains(event.target)) settle(); };
  document.addEventListener('pointerdown', away, true);
  document.addEventListener('scroll', scrolled, true);
  window.addEventListener('resize', settle);
  return () => {
    document.removeEventListener('pointerdown', away, true);
    document.removeEventListener('scroll', scrolled, true);
    window.removeEventListener('resize', settle);
    if (panel.isConnected && panel.matches(':popover-open')) panel.hidePopover();
  };
}

function place(panel, anchor, match) {
  const box = anchor.getBoundingClientRect();
  if (match) panel.style.width = `${box.width}px`;
  const below = window.innerHeight - box.bottom - GAP;
  const above = box.top - GAP;
  panel.style.maxHeight = '';
  const wanted = panel.offsetHeight;
  const up = wanted > below && above > below;
  panel.style.maxHeight = `${Math.max(120, (up ? above : below) - GAP)}px`;
  panel.style.top = up ? `${Math.max(GAP, box.top - GAP - panel.offsetHeight)}px` : `${box.bottom + GAP}px`;
  panel.style.left = `${Math.max(GAP, Math.min(box.left, window.innerWidth - panel.offsetWidth - GAP))}px`;
}

// A button that opens a menu: arrows move, Escape closes, focus returns.
export function menuButton(button, drawItems, label) {
  const panel = h('div', { class: 'menu', role: 'menu', id: uid('menu'), 'aria-label': label });
  let release = null;
  const close = (focus = true) => {
    release?.();
    release = null;
    panel.remove();
    button.setAttribute('aria-expanded', 'false');
    if (focus) button.focus({ preventScroll: true });
  };
  const open = () => {
    panel.replaceChildren(...drawItems(close));
    button.after(panel);
    button.setAttribute('aria-expanded', 'true');
    release = openPanel(panel, button, { onClose: () => close(false) });
    (panel.querySelector('[aria-checked="true"]') ?? items()[0])?.focus();
  };
  const items = () => [...panel.querySelectorAll('[role^="menuitem"]:not([aria-disabled="true"])')];
  panel.addEventListener('keydown', (event) => menuKeys(event, items(), close));
  button.setAttribute('aria-haspopup', 'menu');
  button.setAttribute('aria-expanded', 'false');
  button.addEventListener('click', () => (release ? close() : open()));
  return button;
}

function menuKeys(event, items, close) {
  const here = items.indexOf(document.activeElement);
  const moves = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 };
  if (event.key === 'Escape' || event.key === 'Tab') close();
  else if (event.key in moves) items.at(moves[event.key] % items.length)?.focus();
  else return;
  if (event.key !== 'Tab') event.preventDefault();
  event.stopPropagation();
}
