// A list of messages, kept in step with events: the channel and the thread are both one of these.
import { get } from './api.js';
import { h, reconcile } from './dom.js';
import { authorOf, messageNode } from './message.js';
import { announce } from './objects.js';
import { personName, state } from './state.js';
import { dateOf, dayKey, dayName } from './time.js';

const GROUP_SECONDS = 300;
// How many messages are drawn at first, and how many more whenever the top comes near.
const SPAN = 100;
const NEAR_PX = 1200;
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
    this.span = this.thread ? Infinity : SPAN;
    this.stick = true;
    this.onAway(0);
    this.list.replaceChildren();
  }

  async load(unread = 0) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const answer = await get('messages', { as: state.as, channel: this.channel, thread_ts: this.thread });
    if (turn !== this.turn || !answer.messages) return;
    // What only one person saw is gone when the page is opened anew.
    const kept = answer.messages.filter((m) => !m.ephemeral || m.ts > state.since);
    const local = [...this.messages.values()].filter((m) => m.notice);
    this.messages = new Map([...kept.map((m) => this.known(m)), ...local].map((m) => [m.ts, m]));
    if (unread) this.newFrom = [...this.messages.keys()].at(-unread) ?? null;
    this.span = Math.max(this.span, unread + SPAN / 2);
    this.draw();
  }

  // A message that did not change stays the same object, and so the same node.
  known(message) {
    const old = this.messages.get(message.ts);
    return old && JSON.stringify(old) === JSON.stringify(message) ? old : message;
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
    const all = [...this.messages.values()].filter((m) => !dismissed.has(`${state.as}/${m.ts}`))
      .sort((a, b) => (a.ts < b.ts ? -1 : 1));
    const shown = all.slice(-Math.min(this.span, all.length));
    this.above = all.length - shown.length;
    reconcile(this.list, shown.length ? this.items(shown) : [empty(this.channel)]);
    this.settle();
  }

  // What is in sight stays where it is while earlier messages come above it.
  reach(span) {
    const { scrollHeight, scrollTop } = this.scroller;
    this.span = span;
    this.draw();
    if (!this.stick) this.scroller.scrollTop = this.scroller.scrollHeight - (scrollHeight - scrollTop);
  }

  items(messages) {
    const items = [];
    let day = null;
    messages.forEach((message, i) => {
      const before = messages[i - 1];
      const newDay = day !== dayOf(message.ts);
      day = dayOf(message.ts);
      if (newDay) items.push(divider(`day/${day}`, 'day', dayName(dateOf(message.ts))));
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
    return { key: message.ts, signature: [message, compact, lit, state.me?.tz, state.as], draw: () => messageNode(message, view) };
  }

  reveal(ts) {
    const later = [...this.messages.keys()].filter((other) => other >= ts).length;
    if (later > this.span) this.reach(later + SPAN / 2);
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
    if (scrollTop < NEAR_PX && this.above > 0) this.reach(this.span + SPAN);
  }

  settle() {
    if (this.stick) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  toEnd() {
    this.stick = true;
    this.reach(SPAN);
  }
}

// A day begins on a quarter of an hour in every zone: asking the calendar once per quarter is enough.
const days = new Map();

function dayOf(ts) {
  const key = `${state.me?.tz}/${Math.floor(parseFloat(ts) / 900)}`;
  if (!days.has(key)) days.set(key, dayKey(dateOf(ts)));
  return days.get(key);
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
