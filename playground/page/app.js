// Starts the page: who you are, what there is to see, and the keys that work everywhere.
import { connect, get } from './api.js';
import { composer, startChannel } from './channel.js';
import { clear, h } from './dom.js';
import { drawHints } from './hints.js';
import { startHome } from './home.js';
import { icon } from './icons.js';
import { startInspector, toggleInspector } from './inspector.js';
import { startModal } from './modal.js';
import { drawPeople } from './people.js';
import { follow, go, inside } from './route.js';
import { drawSidebar } from './sidebar.js';
import { absorb, emit, memory, on, state } from './state.js';
import { startTheme } from './theme.js';
import { closeThread, startThread } from './thread.js';

const $ = (id) => document.getElementById(id);
let online = true;

async function start() {
  startTheme($('theme-toggle'));
  clear($('menu-toggle'), icon('menu'));
  clear($('inspector-toggle'), icon('pulse'));
  const first = await hello();
  state.since = first.ts;
  await become(pick(first.people), { quiet: true });
  for (const begin of [startChannel, startThread, startHome, startModal, startInspector]) begin();
  wire();
  adoptPermalink();
  follow();
  emit('identity');
  connect();
}

// /archives/C…/p… is served with this same page.
function adoptPermalink() {
  const hash = inside(location.href);
  if (location.pathname === '/') return;
  history.replaceState(null, '', `/?as=${state.as}${hash ?? ''}`);
}

// The server may still be starting.
async function hello(who = {}) {
  for (;;) {
    const boot = await get('boot', who);
    if (boot.people) return boot;
    banner('offline', 'The playground does not answer. Trying again…');
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function pick(people) {
  const usable = new Map(people.filter((p) => !p.deleted && !p.is_bot).map((p) => [p.id, p]));
  const wanted = [new URLSearchParams(location.search).get('as'), memory.get('as')];
  return wanted.find((id) => usable.has(id)) ?? usable.keys().next().value;
}

export async function become(id, { quiet = false } = {}) {
  if (!quiet && id === state.as) return;
  const boot = await (quiet ? hello : (who) => get('boot', who))({ as: id });
  if (!boot.people) return;
  state.as = id;
  memory.set('as', id);
  absorb(boot);
  const url = new URL(location.href);
  url.searchParams.set('as', id);
  history.replaceState(null, '', url);
  redraw();
  if (quiet) return;
  closeThread();
  connect();
  follow();
  emit('identity');
}

function redraw() {
  clear($('team'), state.team?.name ?? 'Station', h('small', {}, 'local workspace'));
  drawPeople($('people'), become);
  drawSidebar($('sidebar'));
  drawHints($('hints'), attempt);
  banners();
}

async function attempt(hint) {
  if (hint.as) await become(hint.as);
  if (hint.channel && state.channels.has(hint.channel)) go(hint.channel);
  if (hint.text) composer.fill(hint.text);
}

function wire() {
  on('channels', () => drawSidebar($('sidebar')));
  on('route', () => { drawSidebar($('sidebar')); menu(false); });
  on('play:unread', unread);
  on('play:app', ({ connected }) => { if (state.app) state.app.connected = connected; banners(); reboot(); });
  on('online', (value) => { online = value; banners(); });
  on('refetch', reboot);
  window.addEventListener('hashchange', follow);
  document.addEventListener('click', intercept);
  document.addEventListener('keydown', keys);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && emit('seen'));
  $('menu-toggle').addEventListener('click', () => menu($('scrim').hidden));
  $('scrim').addEventListener('click', () => menu(false));
  $('skip').addEventListener('click', () => $('composer-input').focus());
}

async function reboot() {
  const boot = await get('boot', { as: state.as });
  if (!boot.people) return;
  absorb(boot);
  redraw();
}

function unread({ channel, unread: count, mentions }) {
  const known = state.channels.get(channel);
  if (!known) return reboot();
  const reading = channel === state.route.channel && state.route.tab === 'messages' && document.visibilityState === 'visible';
  Object.assign(known, reading ? { unread: 0, mentions: 0 } : { unread: count, mentions });
  return emit('channels');
}

const notices = new Map();

function banner(name, sentence) {
  if (sentence) notices.set(name, sentence);
  else notices.delete(name);
  const lines = [...notices].map(([key, text]) => h('p', { class: `banner banner-${key}` }, icon('warn', 15), text));
  clear($('banners'), lines);
}

function banners() {
  banner('offline', online ? '' : 'The connection to the playground is lost. Trying again…');
  const away = state.app && state.app.connected === false;
  banner('bot', away ? 'The bot is not connected: commands will fail.' : '');
}

function menu(open) {
  document.body.classList.toggle('has-menu', open);
  $('scrim').hidden = !open;
  $('menu-toggle').setAttribute('aria-expanded', String(open));
  if (open) $('sidebar').querySelector('[aria-current], a')?.focus();
}

function intercept(event) {
  const link = event.target.closest?.('a[href]');
  if (!link || event.defaultPrevented || event.metaKey || event.ctrlKey) return;
  const hash = inside(link.href);
  if (!hash) return;
  event.preventDefault();
  menu(false);
  if (location.hash === hash) follow();
  else location.hash = hash;
}

function leaveMenu() {
  menu(false);
  $('menu-toggle').focus();
}

const TYPING = 'input, textarea, [contenteditable], dialog[open] *';

function keys(event) {
  if (event.altKey && /^Arrow(Up|Down)$/.test(event.key)) return neighbour(event);
  if (event.key === 'Escape' && document.body.classList.contains('has-menu')) return leaveMenu();
  if (event.target.matches?.(TYPING) || event.metaKey || event.ctrlKey || event.altKey) return null;
  if (event.key === 'i') toggleInspector();
  else if (event.key === '/' && !$('composer').hidden) { event.preventDefault(); composer.fill('/'); composer.typed(); }
  return null;
}

function neighbour(event) {
  event.preventDefault();
  const ids = [...document.querySelectorAll('[data-channel]')].map((node) => node.dataset.channel);
  const next = ids.indexOf(state.route.channel) + (event.key === 'ArrowDown' ? 1 : -1);
  if (ids[next]) go(ids[next]);
}

start();
