// The inspector: every request, envelope and acknowledgement between Slack's side and the bot.
import { get } from './api.js';
import { clear, h, reconcile } from './dom.js';
import { iconButton } from './objects.js';
import { on } from './state.js';
import { clockSeconds } from './time.js';

const KEPT = 400;
const FILTERS = { all: 'Everything', bot: 'Bot calls', slack: 'To the bot', trouble: 'Trouble' };
const entries = new Map();
const violations = [];
let filter = 'all';
let list;
let opener = null;

const drawer = () => document.getElementById('inspector');
const toggle = () => document.getElementById('inspector-toggle');

export function startInspector() {
  list = h('div', { class: 'entries', role: 'region', tabindex: '0', 'aria-label': 'Traffic' });
  clear(drawer(), h('div', { class: 'pane-head' }, h('div', { class: 'pane-title' }, h('h2', {}, 'Inspector'), h('small', {}, 'What Slack and the bot say to each other')),
    iconButton('close', 'Close inspector', hide)), filters(), list);
  toggle().addEventListener('click', () => (drawer().hidden ? showDrawer() : hide()));
  drawer().addEventListener('keydown', (e) => { if (e.key === 'Escape') hide(); });
  on('play:inspector', ({ entry }) => add(entry));
  on('play:violation', ({ text }) => violation(text));
  on('refetch', load);
  load();
}

function filters() {
  const choose = (name) => (event) => {
    filter = name;
    event.currentTarget.parentNode.querySelectorAll('button').forEach((b) => b.setAttribute('aria-pressed', String(b === event.currentTarget)));
    draw();
  };
  return h('div', { class: 'filters', role: 'group', 'aria-label': 'Show' }, Object.entries(FILTERS).map(([name, label]) => h('button', {
    type: 'button', class: 'filter', 'aria-pressed': String(name === filter), data: { filter: name }, on: { click: choose(name) },
  }, label)));
}

export function toggleInspector() { toggle().click(); }

function showDrawer() {
  opener = document.activeElement;
  drawer().hidden = false;
  toggle().setAttribute('aria-expanded', 'true');
  document.body.classList.add('has-inspector');
  draw();
  list.focus({ preventScroll: true });
}

function hide() {
  drawer().hidden = true;
  toggle().setAttribute('aria-expanded', 'false');
  document.body.classList.remove('has-inspector');
  (opener?.isConnected ? opener : toggle()).focus({ preventScroll: true });
}

async function load() {
  const [log, broken] = await Promise.all([get('inspector', { since: 0 }), get('violations')]);
  entries.clear();
  (log.entries ?? []).forEach(keep);
  violations.splice(0, Infinity, ...(broken.violations ?? []).map(sentence));
  mark();
  draw();
}

const sentence = (item) => (typeof item === 'string' ? item : item.text ?? JSON.stringify(item));

function add(entry) {
  keep(entry);
  draw();
}

function keep(entry) {
  entries.set(entry.n, entry);
  if (entries.size > KEPT) entries.delete(entries.keys().next().value);
}

function violation(text) {
  violations.push(sentence(text));
  mark();
  draw();
}

function mark() {
  toggle().dataset.count = violations.length || '';
  toggle().setAttribute('aria-label', violations.length ? `Inspector, ${violations.length} refused` : 'Inspector');
}

let queued = false;

function draw() {
  if (drawer().hidden || queued) return;
  queued = true;
  requestAnimationFrame(() => { queued = false; paint(); });
}

function paint() {
  const shown = [...entries.values()].filter(SHOWN[filter]).sort((a, b) => b.n - a.n);
  const broken = ['all', 'trouble'].includes(filter) ? violations : [];
  const items = [...broken.map((text, i) => item(`refused/${i}`, text, () => refused(text))),
    ...shown.map((entry) => item(String(entry.n), '', () => row(entry)))];
  reconcile(list, items.length ? items : [item('empty', '', () => h('p', { class: 'empty' }, 'Nothing yet.'))]);
}

const item = (key, signature, draw) => ({ key, signature, draw });

const SHOWN = {
  all: () => true,
  bot: (e) => outgoing(e),
  slack: (e) => !outgoing(e),
  trouble: (e) => e.ok === false || e.violation,
};

const outgoing = (entry) => /api|request|response_url|web/i.test(entry.kind);

const refused = (text) => h('p', { class: 'violation' }, `Slack would refuse this: ${text}`);

function row(entry) {
  const bad = entry.ok === false || entry.violation;
  const node = h('details', { class: bad ? 'entry entry-bad' : 'entry', data: { n: String(entry.n), kind: entry.kind }, on: { toggle: () => expand(node) } },
    h('summary', {},
      h('span', { class: `kind kind-${entry.kind}` }, entry.kind),
      h('span', { class: 'entry-name' }, entry.name),
      h('span', { class: 'entry-ms' }, entry.ms ? `${entry.ms < 10 ? entry.ms : Math.round(entry.ms)} ms` : ''),
      h('span', { class: 'entry-at' }, at(entry.at))),
    entry.doubt && h('p', { class: 'doubt' }, `Slack takes this, and its documentation does not allow it: ${entry.doubt}`),
    entry.violation && h('p', { class: 'violation' }, `Slack would refuse this: ${sentence(entry.violation)}`));
  node.entry = entry;
  return node;
}

// JSON is only written when somebody looks.
function expand(node) {
  if (!node.open || node.querySelector('pre')) return;
  for (const part of ['request', 'response']) {
    if (node.entry[part] == null) continue;
    node.append(h('h3', {}, part), h('pre', { class: 'json', tabindex: '0' }, pretty(node.entry[part])));
  }
}

function pretty(value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return text.split(/("(?:[^"\\]|\\.)*"(?=\s*:))/).map((part, i) => (i % 2 ? h('b', {}, part) : part));
}

function at(value) {
  const date = typeof value === 'number' ? new Date(value > 1e12 ? value : value * 1000) : new Date(Number.isNaN(Number(value)) ? value : Number(value) * 1000);
  return Number.isNaN(date.getTime()) ? '' : clockSeconds(date);
}
