// The first-visit card: a few things to try. The words come from the server (boot.hints).
// On a phone it begins folded: the messages are what matters there.
import { clear, h } from './dom.js';
import { icon } from './icons.js';
import { iconButton } from './objects.js';
import { memory, state } from './state.js';

const NARROW = matchMedia('(max-width: 760px)');

export function drawHints(root, attempt) {
  const kept = memory.get('hints');
  root.hidden = kept === 'gone' || !state.hints.length;
  if (root.hidden) return;
  const open = kept ? kept === 'open' : !NARROW.matches;
  const keep = (how) => { memory.set('hints', how); drawHints(root, attempt); };
  const fold = () => { keep(open ? 'folded' : 'open'); root.querySelector('.hints-fold')?.focus(); };
  clear(root, h('div', { class: 'hints-head' },
    h('button', { type: 'button', class: 'hints-fold', 'aria-expanded': String(open), on: { click: fold } },
      icon('bulb', 17), h('b', {}, 'Try this'), icon('chevron', 14)),
    iconButton('close', 'Dismiss hints', () => keep('gone'))),
    open && h('ol', {}, state.hints.map((hint) => h('li', {}, example(hint, attempt)))));
}

function example(hint, attempt) {
  const who = state.people.get(hint.as);
  return h('button', { type: 'button', class: 'example', on: { click: () => attempt(hint) } },
    hint.label && h('span', {}, hint.label), hint.text && h('code', {}, hint.text),
    who && hint.as !== state.as && h('small', {}, `as ${who.real_name || who.name}`));
}
