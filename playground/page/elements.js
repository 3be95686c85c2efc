// Block Kit elements to controls. Each control is kept over redraws while its declaration is unchanged.
import { act } from './act.js';
import { choice, CHOICES } from './choices.js';
import { h, keep, safeUrl } from './dom.js';
import { icon } from './icons.js';
import { FIELDS } from './fields.js';
import { fileInput } from './fileinput.js';
import { picture } from './media.js';
import { iconButton, words } from './objects.js';
import { menuButton } from './popup.js';
import { richInput } from './richinput.js';
import { state } from './state.js';

export function element(spec, ctx, label = '') {
  if (spec.type === 'image') return picture(spec, { class: 'thumb', key: `image/${spec.image_url}` });
  const host = h('div', {
    class: `control control-${spec.type}`, key: `${spec.type}/${spec.action_id}`,
    data: { actionId: spec.action_id ?? '', blockId: ctx.block_id ?? '' }, 'data-focus-on-load': spec.focus_on_load ? 'true' : null,
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
  button, workflow_button: button, icon_button: iconAction, feedback_buttons: feedback, overflow, rich_text_input: richInput, file_input: fileInput, ...FIELDS,
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

function iconAction(spec, ctx, host) {
  const allowed = spec.visible_to_user_ids;
  if (allowed && !allowed.includes(state.as)) return h('span', { hidden: true });
  return iconButton(spec.icon === 'trash' ? 'trash' : 'bolt', words(spec.accessibility_label) || words(spec.text), () => act(spec, ctx, spec.value, host));
}

const opinions = new Map();

// Thumbs up or down; the one that was pressed stays marked.
function feedback(spec, ctx, host) {
  const key = `${state.as}/${ctx.key}/${ctx.block_id}/${spec.action_id}`;
  const half = (part, name) => iconButton(name, words(part.accessibility_label) || words(part.text), async (event) => {
    const pressed = event.currentTarget;
    if (!(await act(spec, ctx, part.value, host))) return;
    opinions.set(key, part.value);
    for (const other of pressed.parentNode.children) other.setAttribute('aria-pressed', String(other === pressed));
  }, { 'aria-pressed': String(opinions.get(key) === part.value) });
  return h('span', { class: 'feedback', role: 'group', 'aria-label': 'Feedback' }, half(spec.positive_button, 'up'), half(spec.negative_button, 'down'));
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
