// A combobox with a list: type to narrow, arrows to move, Enter to take. Single or several.
import { h, uid } from './dom.js';
import { icon } from './icons.js';
import { openPanel } from './popup.js';

export class Select {
  constructor(options) {
    this.o = options;
    this.value = [...options.value];
    this.rows = [];
    this.active = -1;
    this.build();
    this.showValue();
  }

  build() {
    const list = uid('list');
    this.input = h('input', {
      class: 'select-input', id: this.o.id, type: 'text', role: 'combobox', autocomplete: 'off', spellcheck: 'false',
      'aria-expanded': 'false', 'aria-controls': list, 'aria-autocomplete': 'list', 'aria-haspopup': 'listbox',
      'aria-label': this.o.id ? null : this.o.label || this.o.placeholder, 'aria-required': this.o.required ? 'true' : null,
      on: { input: () => this.search(), keydown: (e) => this.key(e), click: () => this.open(), blur: () => this.blurred() },
    });
    this.chips = h('span', { class: 'chips' });
    this.list = h('div', { class: 'options', role: 'listbox', id: list, 'aria-label': this.o.label || this.o.placeholder,
      'aria-multiselectable': this.o.multi ? 'true' : null, on: { pointerdown: (e) => e.preventDefault() } });
    this.box = h('div', { class: 'select-box', on: { pointerdown: (e) => this.boxPressed(e) } }, this.chips, this.input, icon('chevron', 16));
    this.root = h('div', { class: `select${this.o.multi ? ' select-multi' : ''}` }, this.box, this.list);
    this.list.setAttribute('popover', 'manual');
  }

  boxPressed(event) {
    if (event.target === this.input || event.target.closest('button')) return;
    event.preventDefault();
    this.input.focus();
    if (this.release) this.close(); else this.open();
  }

  showValue() {
    const names = this.value.map((v) => this.o.name(v) ?? v);
    this.chips.replaceChildren(...(this.o.multi ? names.map((name, i) => this.chip(name, i)) : []));
    this.input.value = this.o.multi ? '' : names[0] ?? '';
    this.input.placeholder = this.value.length ? '' : this.o.placeholder;
  }

  chip(name, index) {
    const drop = () => { this.value.splice(index, 1); this.commit(); this.input.focus(); };
    return h('span', { class: 'chip' }, name,
      h('button', { type: 'button', class: 'chip-drop', 'aria-label': `Remove ${name}`, on: { click: drop } }, icon('close', 12)));
  }

  open() {
    if (this.release) return;
    this.release = openPanel(this.list, this.box, { match: true, onClose: () => this.close() });
    this.input.setAttribute('aria-expanded', 'true');
    if (!this.o.multi) this.input.select();
    this.load('');
  }

  close() {
    this.release?.();
    this.release = null;
    this.active = -1;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
    this.showValue();
  }

  blurred() {
    setTimeout(() => { if (this.release && document.activeElement !== this.input) this.close(); }, 0);
  }

  search() {
    const typed = this.input.value;
    this.open();
    this.input.value = typed;
    this.load(typed);
  }

  async load(query) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    if (query.length < this.o.minimum) return this.say(`Type at least ${this.o.minimum} letter${this.o.minimum === 1 ? '' : 's'} to search`);
    if (this.o.minimum || !this.rows.length) this.say('Loading…');
    try {
      const groups = await this.o.source.find(query);
      if (turn === this.turn && this.release) this.fill(groups);
    } catch (problem) {
      if (turn === this.turn) this.say(problem.message, 'options-error');
    }
    return null;
  }

  say(sentence, className = 'options-note') {
    this.rows = [];
    this.list.replaceChildren(h('div', { class: className, role: 'option', 'aria-disabled': 'true' }, sentence));
  }

  fill(groups) {
    this.rows = [];
    this.list.replaceChildren(...groups.map((group) => this.group(group)));
    if (!this.rows.length) return this.say('No match');
    const chosen = this.rows.findIndex((row) => this.value.includes(row.option.value));
    return this.point(this.o.multi ? 0 : Math.max(0, chosen));
  }

  group(group) {
    const label = group.label && uid('group');
    return h('div', { role: 'group', 'aria-labelledby': label, 'aria-label': label ? null : 'Options' },
      label && h('div', { class: 'options-label', id: label }, group.label), group.options.map((o) => this.row(o)));
  }

  row(option) {
    const chosen = this.value.includes(option.value);
    const node = h('div', { class: 'option', role: 'option', id: uid('opt'), 'aria-selected': String(chosen), data: { value: option.value },
      on: { click: () => this.take(option), pointermove: () => this.point(this.rows.findIndex((r) => r.node === node)) } },
    h('span', { class: 'option-text' }, option.label, option.description && h('small', {}, option.description)),
    chosen && icon('check', 16));
    this.rows.push({ option, node });
    return node;
  }

  point(index) {
    if (index === this.active && this.rows[index]?.node.classList.contains('is-active')) return;
    this.rows.forEach((row, i) => row.node.classList.toggle('is-active', i === index));
    this.active = index;
    const node = this.rows[index]?.node;
    if (!node) return;
    this.input.setAttribute('aria-activedescendant', node.id);
    node.scrollIntoView({ block: 'nearest' });
  }

  take(option) {
    if (!this.o.multi) this.value = [option.value];
    else if (this.value.includes(option.value)) this.value = this.value.filter((v) => v !== option.value);
    else if (!this.o.max || this.value.length < this.o.max) this.value.push(option.value);
    else return;
    if (!this.o.multi) this.close();
    this.commit();
    if (this.release) { this.input.value = ''; this.load(''); }
  }

  commit() {
    this.showValue();
    this.o.onChange([...this.value]);
  }

  key(event) {
    if (event.isComposing) return;
    const act = KEYS[event.key];
    if (act && act(this) !== false) { event.preventDefault(); event.stopPropagation(); }
  }

  step(by) {
    if (!this.release) return this.open();
    return this.point((this.active + by + this.rows.length) % (this.rows.length || 1));
  }

  enter() {
    if (!this.release) return this.open();
    if (this.rows[this.active]) this.take(this.rows[this.active].option);
    return true;
  }

  // Backspace in an empty field takes back the last choice.
  backspace() {
    if (this.input.value || !this.value.length || !this.o.multi) return false;
    this.value.pop();
    return this.commit();
  }
}

const KEYS = {
  ArrowDown: (s) => s.step(1),
  ArrowUp: (s) => s.step(-1),
  Enter: (s) => s.enter(),
  Backspace: (s) => s.backspace(),
  Escape: (s) => (s.release ? s.close() : false),
  Tab: (s) => { if (s.release) s.close(); return false; },
};
