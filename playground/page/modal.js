// Modals: a stack of up to three views; the top one is shown in a dialog that holds the focus.
import { get, post } from './api.js';
import { blocks } from './blocks.js';
import { note } from './choices.js';
import { FOCUSABLE, h, morph } from './dom.js';
import { noteFiles } from './fileinput.js';
import { icon } from './icons.js';
import { iconButton, words } from './objects.js';
import { on, state } from './state.js';
import { optionsIn, valuesOf } from './values.js';

const dialog = () => document.getElementById('modal');
const local = new Map();
const drawn = new Map();
let stack = [];
let shown = 0;

export function startModal() {
  on('play:modal', (event) => show(event.stack ?? []));
  on('refetch', refresh);
  on('identity', refresh);
  dialog().addEventListener('cancel', (event) => { event.preventDefault(); close(); });
  // A second Escape in a row closes the dialog without asking.
  dialog().addEventListener('close', () => top() && !dialog().open && close());
  dialog().addEventListener('control-changed', (event) => forget(event.target.dataset.blockId));
  dialog().addEventListener('input', (event) => forget(event.target.closest('.control')?.dataset.blockId));
}

// An answer that was overtaken, by an event or by closing, is of a time gone by.
export async function refresh() {
  const before = shown;
  const answer = await get('modal', { as: state.as });
  if (before === shown) show(answer.stack ?? []);
}

const top = () => stack.at(-1);

function show(views) {
  const before = top()?.id;
  shown += 1;
  stack = views;
  prune();
  if (!top()) return dialog().open && dialog().close();
  const other = before !== top().id;
  draw(other);
  if (!dialog().open) dialog().showModal();
  else if (!other) return null;
  return focusFirst();
}

function prune() {
  const ids = new Set(stack.map((view) => view.id));
  for (const map of [local, drawn]) for (const id of map.keys()) if (!ids.has(id)) map.delete(id);
}

const localOf = (id) => {
  if (!local.has(id)) local.set(id, { errors: {}, banner: '', busy: false, corrected: new Set() });
  return local.get(id);
};

// A view keeps its nodes while another is pushed over it.
function draw(changed) {
  const view = top();
  const fresh = card(view);
  const old = drawn.get(view.id);
  const node = old ? morph(old, fresh) : fresh;
  drawn.set(view.id, node);
  if (changed || !node.isConnected) dialog().replaceChildren(node);
  markErrors(node);
}

function card(view) {
  const mine = localOf(view.id);
  const values = valuesOf(view.id);
  values.seed(view.state);
  note(...optionsIn(view.state));
  noteFiles(view.state);
  const errors = errorsOf(view, mine);
  const ctx = { surface: 'modal', key: view.id, view_id: view.id, values, errors };
  const banner = mine.banner || view.banner;
  return h('form', { class: 'modal-card', novalidate: true, key: view.id, data: { viewId: view.id, callbackId: view.callback_id ?? '' }, on: { submit: (e) => { e.preventDefault(); submit(); } } },
    head(view),
    banner && h('div', { class: 'modal-banner', role: 'alert', key: 'banner' }, icon('warn', 16), banner),
    h('div', { class: 'modal-body', key: 'body' }, blocks(view.blocks, ctx)),
    foot(view, mine.busy));
}

function errorsOf(view, mine) {
  const all = Object.entries({ ...view.errors, ...mine.errors });
  return Object.fromEntries(all.filter(([block]) => !mine.corrected.has(block)));
}

function head(view) {
  return h('header', { class: 'modal-head', key: 'head' },
    stack.length > 1 && iconButton('back', `Back to ${words(stack.at(-2).title)}`, close, { key: 'back' }),
    h('h2', { id: 'modal-title', tabindex: '-1' }, words(view.title)),
    iconButton('close', 'Close dialog', close, { key: 'close' }));
}

function foot(view, busy) {
  return h('footer', { class: 'modal-foot', key: 'foot' },
    h('button', { type: 'button', class: 'button', key: 'cancel', on: { click: close } }, words(view.close) || 'Cancel'),
    view.submit && h('button', { type: 'submit', class: `button button-primary${busy ? ' is-busy' : ''}`, key: 'submit', 'aria-busy': busy ? 'true' : null, data: { submit: '' } },
      h('span', { class: 'button-text' }, words(view.submit)), h('span', { class: 'spinner', 'aria-hidden': 'true' })));
}

function focusFirst() {
  const form = dialog().querySelector('form');
  const wanted = form.querySelector(`[data-focus-on-load] :is(${FOCUSABLE})`) ?? form.querySelector(`.modal-body :is(${FOCUSABLE})`);
  (wanted ?? form.querySelector('[data-submit]') ?? form.querySelector('h2')).focus();
}

async function submit() {
  const view = top();
  const mine = localOf(view.id);
  if (mine.busy) return;
  dialog().querySelectorAll('.field').forEach((field) => field.flush?.());
  const values = valuesOf(view.id);
  Object.assign(mine, { errors: {}, banner: '', busy: true });
  Object.assign(view, { errors: {}, banner: '' });
  draw();
  const answer = await post('submit', { view_id: view.id, values: collect(view, values) });
  mine.busy = false;
  if (answer.ok === false) return fail(view, { errors: answer.errors ?? {}, banner: answer.banner ?? (answer.errors ? '' : answer.error) });
  if (top()?.id === view.id) draw();
  return refresh();
}

function fail(view, { errors, banner = '' }) {
  Object.assign(localOf(view.id), { errors, banner: banner ?? '', corrected: new Set() });
  if (top()?.id !== view.id) return;
  draw();
  dialog().querySelector('[aria-invalid="true"]')?.focus();
}

// Correcting a field takes its error away.
function forget(block) {
  const view = top();
  if (!view || !block) return;
  const mine = localOf(view.id);
  if (!errorsOf(view, mine)[block]) return;
  mine.corrected.add(block);
  draw();
}

function markErrors(form) {
  for (const field of form.querySelectorAll('.input')) {
    const error = field.querySelector('.field-error');
    if (error) error.id ||= `${field.dataset.blockId}-error`;
    for (const control of field.querySelectorAll('input, textarea, [contenteditable="true"]')) {
      control.toggleAttribute('aria-invalid', Boolean(error));
      if (error) { control.setAttribute('aria-invalid', 'true'); control.setAttribute('aria-describedby', error.id); }
      else control.removeAttribute('aria-describedby');
    }
  }
}

// Everything that holds a value, entered or initial, keyed as Slack keys view.state.values.
function collect(view, values) {
  const found = {};
  for (const block of view.blocks) {
    for (const spec of [block.element, block.accessory, ...(block.elements ?? [])]) {
      if (!spec?.action_id) continue;
      const value = values.get(block.block_id, spec);
      if (value !== undefined) (found[block.block_id] ??= {})[spec.action_id] = value;
    }
  }
  return found;
}

async function close() {
  const view = top();
  if (!view) return;
  show(stack.slice(0, -1));
  await post('close', { view_id: view.id });
}
