// The message box: Enter sends, "/" offers commands, "@" offers people, arrow up recalls the last command.
import { post } from './api.js';
import { h, uid } from './dom.js';
import { icon } from './icons.js';
import { avatar } from './objects.js';
import { isApp, state } from './state.js';

export class Composer {
  constructor(root, { label, place, refuse, id }) {
    Object.assign(this, { root, label, place, refuse, offers: [], active: -1, history: [], recall: 0 });
    this.build(id);
  }

  build(id) {
    const list = uid('offers');
    this.input = h('textarea', {
      id, class: 'composer-input', rows: 1, autocomplete: 'off', 'aria-autocomplete': 'list', 'aria-haspopup': 'listbox', 'aria-controls': list,
      on: { input: () => this.typed(), keydown: (e) => this.key(e), blur: () => this.offer([]) },
    });
    this.list = h('div', { class: 'offers', id: list, role: 'listbox', 'aria-label': 'Suggestions', hidden: true,
      on: { pointerdown: (e) => e.preventDefault() } });
    this.sendButton = h('button', { type: 'submit', class: 'send', 'aria-label': 'Send', disabled: true }, icon('send'));
    this.form = h('form', { class: 'composer-box', on: { submit: (e) => { e.preventDefault(); this.send(); } } }, this.input, this.sendButton);
    this.root.replaceChildren(this.list, this.form);
  }

  rename() {
    const label = this.label();
    this.input.placeholder = label;
    this.input.setAttribute('aria-label', label);
  }

  fill(text) {
    this.input.value = text;
    this.input.focus();
    this.input.setSelectionRange(text.length, text.length);
    this.grow();
    this.offer([]);
  }

  typed() {
    this.grow();
    this.recall = 0;
    this.offer(this.suggestions());
  }

  grow() {
    this.sendButton.disabled = !this.input.value.trim();
    this.input.style.height = 'auto';
    this.input.style.height = `${Math.min(this.input.scrollHeight, 200)}px`;
  }

  suggestions() {
    const before = this.input.value.slice(0, this.input.selectionStart);
    if (/^\/\S*$/.test(before)) return this.place().thread_ts ? [] : commands(before);
    const typed = /(?:^|\s)@([\w.-]*)$/.exec(before);
    return typed ? people(typed[1]) : usage(this.input.value);
  }

  offer(offers) {
    this.offers = offers;
    this.active = offers.findIndex((o) => o.take);
    this.list.hidden = !offers.length;
    this.list.replaceChildren(...offers.map((offer, i) => this.row(offer, i)));
    this.point(this.active);
  }

  row(offer, index) {
    return h('div', { class: offer.take ? 'offer' : 'offer offer-usage', role: 'option', id: `${this.list.id}-${index}`, 'aria-selected': 'false',
      on: { click: () => this.take(index), pointermove: () => offer.take && this.point(index) } },
    offer.face, h('span', { class: 'offer-main' }, h('b', {}, offer.title), offer.hint && h('code', {}, offer.hint)),
    offer.note && h('span', { class: 'offer-note' }, offer.note));
  }

  point(index) {
    this.active = index;
    [...this.list.children].forEach((node, i) => node.setAttribute('aria-selected', String(i === index)));
    const node = this.list.children[index];
    if (node) this.input.setAttribute('aria-activedescendant', node.id);
    else this.input.removeAttribute('aria-activedescendant');
    node?.scrollIntoView({ block: 'nearest' });
  }

  take(index) {
    const offer = this.offers[index];
    if (!offer?.take) return;
    const start = this.input.selectionStart;
    const before = this.input.value.slice(0, start).replace(/\S*$/, offer.take);
    this.input.value = before + this.input.value.slice(start);
    this.input.setSelectionRange(before.length, before.length);
    this.input.focus();
    this.typed();
  }

  key(event) {
    if (event.isComposing) return;
    const open = !this.list.hidden && this.active >= 0;
    const moves = open ? { ArrowDown: 1, ArrowUp: -1 } : {};
    if (event.key in moves) this.point((this.active + moves[event.key] + this.offers.length) % this.offers.length);
    else if (open && event.key === 'Tab') this.take(this.active);
    else if (open && event.key === 'Enter' && !this.complete()) this.take(this.active);
    else if (event.key === 'Enter' && !event.shiftKey) this.send();
    else if (event.key === 'Escape' && !this.list.hidden) { this.offer([]); event.stopPropagation(); }
    else if (event.key === 'ArrowUp' && (!this.input.value || this.recall)) this.back(1);
    else if (event.key === 'ArrowDown' && this.recall) this.back(-1);
    else return;
    event.preventDefault();
  }

  complete() {
    return this.offers[this.active]?.take.trim() === this.input.value.trim();
  }

  back(by) {
    const own = this.history.filter((entry) => entry.as === state.as);
    this.recall = Math.max(0, Math.min(own.length, this.recall + by));
    const keep = this.recall;
    this.fill(keep ? own.at(-keep).text : '');
    this.recall = keep;
  }

  async send() {
    const text = this.input.value.trim();
    const place = this.place();
    if (!text) return;
    if (text.startsWith('/') && place.thread_ts) return this.refuse(`${text.split(' ')[0]} is not supported in threads. Use it in the channel.`);
    this.history.push({ as: state.as, text });
    this.fill('');
    this.recall = 0;
    const answer = text.startsWith('/') ? await post('command', { channel: place.channel, text })
      : await post('message', { ...place, text });
    if (answer.ok === false) this.failed(text, answer);
    return null;
  }

  failed(text, answer) {
    this.refuse(answer.error || 'That did not work.');
    if (answer.offline && !this.input.value) this.fill(text);
  }
}

function commands(typed) {
  return (state.app?.commands ?? []).filter((c) => c.command.startsWith(typed.toLowerCase()))
    .map((c) => ({ title: c.command, hint: c.usage_hint, note: c.description, take: `${c.command} `, face: avatar(state.app.user_id, 24) }));
}

// While the words after a command are typed, its usage stays in sight.
function usage(text) {
  const command = state.app?.commands?.find((c) => text.startsWith(`${c.command} `));
  return command?.usage_hint && !text.includes('\n') ? [{ title: command.command, hint: command.usage_hint, note: command.description }] : [];
}

function people(typed) {
  const wanted = typed.toLowerCase();
  return [...state.people.values()].filter((p) => !p.deleted && !p.is_stranger)
    .filter((p) => `${p.name} ${p.real_name}`.toLowerCase().includes(wanted)).slice(0, 7)
    .map((p) => ({ title: p.real_name || p.name, hint: `@${p.name}`, note: isApp(p.id) ? 'App' : p.title, take: `@${p.name} `, face: avatar(p.id, 24) }));
}
