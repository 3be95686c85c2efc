// The main pane: a channel, or the app with its Home and Messages tabs.
import { post } from './api.js';
import { Composer } from './composer.js';
import { clear, h } from './dom.js';
import { icon } from './icons.js';
import { avatar } from './objects.js';
import { go } from './route.js';
import { channelName, isApp, on, emit, state } from './state.js';
import { openThread } from './thread.js';
import { Timeline } from './timeline.js';

const $ = (id) => document.getElementById(id);
export let timeline;
export let composer;

export function startChannel() {
  const jump = $('jump');
  timeline = new Timeline($('pane-body'), $('timeline'), {
    onThread: openThread,
    onAway: (count) => { jump.hidden = !count; jump.textContent = `${count} new ${count === 1 ? 'message' : 'messages'} ↓`; },
  });
  jump.addEventListener('click', () => timeline.toEnd());
  composer = new Composer($('composer'), { id: 'composer-input', label: boxLabel, place: () => ({ channel: state.route.channel }), refuse: say });
  on('route', showRoute);
  for (const type of ['message', 'message_changed', 'ephemeral']) {
    on(`play:${type}`, (event) => receive(event, type !== 'message_changed'));
  }
  for (const type of ['message_deleted', 'ephemeral_deleted']) on(`play:${type}`, (e) => here(e) && timeline.remove(e.message));
  on('play:notice', (event) => (event.channel && !here(event) ? null : say(event.text)));
  on('refetch', () => timeline.channel && timeline.load());
  on('seen', () => state.route.tab === 'messages' && state.channels.get(state.route.channel)?.unread && markRead(state.route.channel));
}

const here = (event) => event.channel === timeline.channel;

function receive(event, fresh) {
  if (!here(event)) return;
  timeline.put({ ...event.message, ephemeral: event.type === 'ephemeral' || event.message.ephemeral }, { fresh });
  if (fresh && seen()) markRead(event.channel);
}

const seen = () => state.route.tab === 'messages' && document.visibilityState === 'visible';

// A line that only this person sees, from the client itself.
export function say(text) {
  const last = [...timeline.messages.keys()].sort().at(-1) ?? '0';
  const now = (Date.now() / 1000).toFixed(6);
  const ts = now > last ? now : `${last}1`;
  timeline.stick = true;
  timeline.put({ ts, text: text.replaceAll('<', '&lt;'), user: state.app?.user_id, notice: true, bot_id: 'client' }, { fresh: true });
}

async function showRoute(route) {
  const channel = state.channels.get(route.channel);
  const home = route.tab === 'home' && isApp(channel.user);
  drawHead(channel, home);
  for (const id of ['pane-body', 'composer']) $(id).hidden = home;
  $('home').hidden = !home;
  $('jump').hidden = true;
  composer.rename();
  emit(home ? 'home-shown' : 'home-hidden');
  if (home) return;
  if (route.thread) openThread(route.thread, route.ts);
  const unread = channel.unread;
  await timeline.open(route.channel, { unread, ts: route.thread ? null : route.ts });
  markRead(route.channel);
}

export function markRead(id) {
  const channel = state.channels.get(id);
  if (channel) Object.assign(channel, { unread: 0, mentions: 0 });
  emit('channels');
  post('read', { channel: id });
}

function boxLabel() {
  const channel = state.channels.get(state.route.channel);
  return `Message ${channel?.is_im ? '' : '#'}${channelName(state.route.channel)}`;
}

function drawHead(channel, home) {
  const app = isApp(channel.user);
  clear($('pane-head'),
    h('div', { class: 'pane-title' },
      channel.is_im ? avatar(channel.user, 24) : icon('hash', 18),
      h('h1', {}, channelName(channel.id)),
      app && h('span', { class: 'app-badge' }, 'APP'),
      channel.topic && h('p', { class: 'topic', title: channel.topic }, channel.topic)),
    app && state.app.home_tab && tabs(channel, home));
}

function tabs(channel, home) {
  const tab = (name, selected, place) => h('button', {
    type: 'button', role: 'tab', class: 'tab', 'aria-selected': String(selected), tabindex: selected ? '0' : '-1',
    on: { click: () => go(channel.id, place), keydown: (e) => /^Arrow(Left|Right)$/.test(e.key) && moveTab(channel, home) },
  }, name);
  return h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'App tabs' }, tab('Home', home, 'home'), tab('Messages', !home, ''));
}

function moveTab(channel, home) {
  go(channel.id, home ? '' : 'home');
  requestAnimationFrame(() => document.querySelector('.tab[aria-selected="true"]')?.focus());
}
