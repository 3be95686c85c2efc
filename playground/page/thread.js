// The thread pane on the right.
import { Composer } from './composer.js';
import { clear, h } from './dom.js';
import { iconButton } from './objects.js';
import { channelName, on, state } from './state.js';
import { Timeline } from './timeline.js';

const pane = () => document.getElementById('thread');
let timeline;
let composer;
let opener = null;

export function startThread() {
  const list = h('div', { class: 'timeline' });
  const body = h('div', { class: 'pane-body', tabindex: '0', role: 'region', 'aria-label': 'Thread messages' }, list);
  const box = h('div', { class: 'composer' });
  const where = h('small', { id: 'thread-where' });
  clear(pane(), h('div', { class: 'pane-head' }, h('div', { class: 'pane-title' }, h('h2', {}, 'Thread'), where),
    iconButton('close', 'Close thread', closeThread)), body, box);
  timeline = new Timeline(body, list);
  composer = new Composer(box, {
    id: 'thread-input', label: () => 'Reply…', refuse: say,
    place: () => ({ channel: state.thread?.channel, thread_ts: state.thread?.ts }),
  });
  listen();
  pane().addEventListener('keydown', (e) => { if (e.key === 'Escape' && !e.defaultPrevented) closeThread(); });
}

function listen() {
  for (const type of ['message', 'message_changed', 'ephemeral']) on(`play:${type}`, receive);
  for (const type of ['message_deleted', 'ephemeral_deleted']) {
    on(`play:${type}`, (e) => here(e) && timeline.remove(e.message));
  }
  on('refetch', () => state.thread && timeline.load());
  on('route', (route) => { if (state.thread && state.thread.channel !== route.channel) closeThread(); });
}

const here = (event) => state.thread && event.channel === state.thread.channel;

function receive(event) {
  if (!here(event)) return;
  const message = { ...event.message, ephemeral: event.type === 'ephemeral' || event.message.ephemeral };
  timeline.put(message, { fresh: event.type !== 'message_changed' });
}

function say(text) {
  timeline.put({ ts: (Date.now() / 1000).toFixed(6), thread_ts: state.thread.ts, text, user: state.app?.user_id, notice: true }, { fresh: true });
}

export async function openThread(ts, reply = null) {
  const channel = state.route.channel;
  opener = document.activeElement;
  state.thread = { channel, ts };
  pane().hidden = false;
  document.body.classList.add('has-thread');
  document.getElementById('thread-where').textContent = channelName(channel);
  composer.rename();
  await timeline.open(channel, { thread: ts, ts: reply });
  if (!reply) document.getElementById('thread-input').focus({ preventScroll: true });
}

export function closeThread() {
  if (!state.thread) return;
  state.thread = null;
  timeline.leave();
  pane().hidden = true;
  document.body.classList.remove('has-thread');
  if (opener?.isConnected) opener.focus({ preventScroll: true });
}
