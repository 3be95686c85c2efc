// Block Kit elements to controls. Each control is kept over redraws while its declaration is unchanged.
import { act } from './act.js';
import { choice, CHOICES } from './choices.js';
import { h, keep, safeUrl } from './dom.js';
import { icon } from './icons.js';
import { FIELDS } from './fields.js';
import { words } from './objects.js';
import { menuButton } from './popup.js';

export function element(spec, ctx, label = '') {
  if (spec.type === 'image') return h('img', { class: 'thumb', src: spec.image_url, alt: spec.alt_text, key: `image/${spec.image_url}` });
  const host = h('div', {
    class: `control control-${spec.type}`, key: `${spec.type}/${spec.action_id}`,
    data: { actionId: spec.action_id ?? '', blockId: ctx.block_id ?? '' },
  });
  const draw = DRAW[spec.type] ?? unsupported;
  host.append(draw(spec, ctx, host, label), h('span', { class: 'control-error', role: 'alert' }));
  return keep(host, signature(spec, ctx));
}

// In a view, what people entered stays while block_id and action_id stay: initial values do not count.
function signature(spec, ctx) {
  const declared = ctx.view_id ? Object.entries(spec).filter(([name]) => !name.startsWith('initial_')) : Object.entries(spec);
  return JSON.stringify([ctx.view_id ?? ctx.ts, ctx.block_id, declared]);
}

const unsupported = (spec) => h('span', { class: 'unknown' }, `element type ${spec.type}`);

const DRAW = {
  button, workflow_button: button, overflow, ...FIELDS,
  ...Object.fromEntries(CHOICES.map((type) => [type, choice])),
};

function button(spec, ctx, host) {
  const face = {
    class: `button${spec.style ? ` button-${spec.style}` : ''}`,
    'aria-label': spec.accessibility_label, on: { click: press },
  };
  function press(event) {
    if (host.classList.contains('is-busy')) return event.preventDefault();
    return act(spec, ctx, spec.value, host);
  }
  const caption = [h('span', { class: 'button-text' }, words(spec.text)), h('span', { class: 'spinner', 'aria-hidden': 'true' })];
  const url = spec.url && safeUrl(spec.url);
  if (url) return h('a', { ...face, href: url, target: '_blank', rel: 'noopener noreferrer' }, caption);
  return h('button', { ...face, type: 'button' }, caption);
}

function overflow(spec, ctx, host) {
  const trigger = h('button', { type: 'button', class: 'button button-icon', 'aria-label': 'More actions' }, icon('more'));
  const draw = (close) => (spec.options ?? []).map((option) => h('button', {
    type: 'button', role: 'menuitem', class: 'menu-item', tabindex: '-1',
    on: { click: () => { close(); pick(option); } },
  }, h('span', {}, words(option.text)), option.description && h('small', {}, words(option.description))));
  const pick = (option) => {
    if (option.url && safeUrl(option.url)) window.open(option.url, '_blank', 'noopener');
    act(spec, ctx, option.value, host);
  };
  return h('span', { class: 'menu-anchor' }, menuButton(trigger, draw, 'More actions'));
}
