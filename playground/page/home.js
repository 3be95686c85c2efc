// The Home tab of the app: one view per person, published by the bot.
import { get } from './api.js';
import { blocks } from './blocks.js';
import { h, morph } from './dom.js';
import { on, state } from './state.js';
import { valuesOf } from './values.js';

let shown = false;
let turn = 0;

export function startHome() {
  on('home-shown', () => { shown = true; load(); });
  on('home-hidden', () => { shown = false; });
  on('play:home', ({ view }) => { turn += 1; if (shown) draw(view); });
  on('refetch', () => shown && load());
}

// What the app publishes because Home was opened may be here before the answer.
async function load() {
  const mine = (turn += 1);
  const { view } = await get('home', { as: state.as });
  if (mine === turn) draw(view);
}

function draw(view) {
  const root = document.getElementById('home');
  const fresh = h('div', { class: 'home-in', data: { viewId: view?.id ?? '' } }, view?.blocks?.length ? content(view) : empty());
  if (root.firstElementChild) morph(root.firstElementChild, fresh);
  else root.append(fresh);
}

function content(view) {
  const values = valuesOf(view.id);
  values.seed(view.state);
  return blocks(view.blocks, { surface: 'home', key: view.id, view_id: view.id, values });
}

const empty = () => h('p', { class: 'empty' }, `${state.app?.name ?? 'The app'} has not published a Home tab for you yet.`);
