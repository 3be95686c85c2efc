// A list of messages, kept in step with events: the channel and the thread are both one of these.
import { get } from './api.js';
import { h, reconcile } from './dom.js';
import { authorOf, messageNode } from './message.js';
import { announce } from './objects.js';
import { personName, state } from './state.js';
import { dateOf, dayKey, dayName } from './time.js';

const GROUP_SECONDS = 300;
const dismissed = new Set();

export class Timeline {
  constructor(scroller, list, { onThread = null, onAway = () => {} } = {}) {
    Object.assign(this, { scroller, list, onThread, onAway, messages: new Map(), channel: null, thread: null, stick: true });
    scroller.addEventListener('scroll', () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.settle()).observe(list);
    new ResizeObserver(() => this.settle()).observe(scroller);
  }

  async open(channel, { thread = null, unread = 0, ts = null } = {}) {
    const moved = channel !== this.channel || thread !== this.thread || this.as !== state.as;
    Object.assign(this, { channel, thread, as: state.as, lit: ts });
    if (moved) this.reset();
    await this.load(unread);
    if (ts) this.reveal(ts);
  }

  leave() {
    this.channel = null;
    this.turn = (this.turn ?? 0) + 1;
    this.reset();
  }

  reset() {
    this.messages.clear();
    this.newFrom = null;
    this.stick = true;
    this.onAway(0);
    this.list.replaceChildren();
  }

  async load(unread = 0) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const answer = await get('messages', { as: state.as, channel: this.channel, thread_ts: this.thread });
    if (turn !== this.turn || !answer.messages) return;
    const local = [...this.messages.values()].filter((m) => m.notice);
    this.messages = new Map([...answer.messages, ...local].map((m) => [m.ts, m]));
    if (unread) this.newFrom = [...this.messages.keys()].at(-unread) ?? null;
    this.draw();
  }

  belongs(message) {
    const root = message.thread_ts ?? message.ts;
    if (this.thread) return root === this.thread;
    return root === message.ts || ['thread_broadcast'].includes(message.subtype) || Boolean(message.reply_broadcast);
  }

  put(message, { fresh = false } = {}) {
    if (!this.belongs(message)) return;
    const known = this.messages.has(message.ts);
    this.messages.set(message.ts, message);
    if (fresh && !known) this.arrived(message);
    this.draw();
  }

  arrived(message) {
    const mine = authorOf(message) === state.as;
    if (mine) this.stick = true;
    else announce(`${personName(authorOf(message))}: ${message.text ?? 'new message'}`);
    if (!this.stick) this.onAway((this.away = (this.away ?? 0) + 1));
  }

  remove(message) {
    const ts = message.deleted_ts ?? message.ts;
    if (this.messages.delete(ts)) this.draw();
  }

  dismiss(ts) {
    dismissed.add(`${state.as}/${ts}`);
    this.draw();
  }

  draw() {
    const shown = [...this.messages.values()].filter((m) => !dismissed.has(`${state.as}/${m.ts}`))
      .sort((a, b) => (a.ts < b.ts ? -1 : 1));
    reconcile(this.list, shown.length ? this.items(shown) : [empty(this.channel)]);
    this.settle();
  }

  items(messages) {
    const items = [];
    messages.forEach((message, i) => {
      const before = messages[i - 1];
      const newDay = !before || dayKey(dateOf(before.ts)) !== dayKey(dateOf(message.ts));
      if (newDay) items.push(divider(`day/${dayKey(dateOf(message.ts))}`, 'day', dayName(dateOf(message.ts))));
      if (message.ts === this.newFrom) items.push(divider('new', 'new', 'New'));
      if (this.thread && i === 1) items.push(divider('replies', 'replies-rule', repliesWord(messages.length - 1)));
      const compact = !newDay && message.ts !== this.newFrom && !(this.thread && i === 1) && follows(before, message);
      items.push(this.item(message, compact));
    });
    return items;
  }

  item(message, compact) {
    const lit = this.lit === message.ts;
    const view = { channel: this.channel, compact, lit, inThread: Boolean(this.thread), openThread: this.onThread, dismiss: (ts) => this.dismiss(ts) };
    return { key: message.ts, signature: JSON.stringify([message, compact, lit, state.me?.tz, state.as]), draw: () => messageNode(message, view) };
  }

  reveal(ts) {
    const node = this.list.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
    if (!node) return;
    this.stick = false;
    node.scrollIntoView({ block: 'center' });
    setTimeout(() => { this.lit = null; this.draw(); }, 4000);
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.stick = scrollHeight - scrollTop - clientHeight < 60;
    if (this.stick && this.away) this.onAway((this.away = 0));
  }

  settle() {
    if (this.stick) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  toEnd() {
    this.stick = true;
    this.settle();
  }
}

const repliesWord = (count) => `${count} ${count === 1 ? 'reply' : 'replies'}`;

function follows(before, message) {
  return Boolean(before) && authorOf(before) === authorOf(message) && !before.ephemeral === !message.ephemeral
    && !before.notice && !message.notice && !before.reply_count && before.username === message.username
    && parseFloat(message.ts) - parseFloat(before.ts) < GROUP_SECONDS;
}

function divider(key, className, label) {
  return { key, signature: label, draw: () => h('div', { class: `rule ${className}`, role: 'separator', 'aria-label': label }, h('span', {}, label)) };
}

function empty(channel) {
  return { key: 'empty', signature: channel, draw: () => h('p', { class: 'empty' }, 'No messages yet. Say something, or type / to see the commands.') };
}
