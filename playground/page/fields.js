// Controls for text, numbers, dates, checkboxes and radio buttons.
import { act, changed, current, triggers } from './act.js';
import { h, uid } from './dom.js';
import { text, words } from './objects.js';
import { fromWall, toWall } from './time.js';

export const FIELDS = {
  plain_text_input: typed, number_input: typed, email_text_input: typed, url_text_input: typed,
  datepicker: (...all) => picker('date', ...all),
  timepicker: (...all) => picker('time', ...all),
  datetimepicker: (...all) => picker('datetime-local', ...all),
  checkboxes: (...all) => ticks('checkbox', ...all),
  radio_buttons: (...all) => ticks('radio', ...all),
};

const KINDS = {
  number_input: { inputmode: 'decimal' },
  email_text_input: { type: 'email', inputmode: 'email', autocomplete: 'off' },
  url_text_input: { type: 'url', inputmode: 'url', autocomplete: 'off' },
};

function typed(spec, ctx, host, label) {
  const many = Boolean(spec.multiline);
  const late = debounce((value) => changed(spec, ctx, value, host), 250);
  const node = h(many ? 'textarea' : 'input', {
    class: 'field', id: ctx.fieldId, type: many ? null : 'text', ...KINDS[spec.type], rows: many ? 4 : null,
    'aria-label': ctx.fieldId ? null : label || words(spec.placeholder), placeholder: words(spec.placeholder),
    'aria-required': ctx.input && !ctx.optional ? 'true' : null, maxlength: spec.max_length, autocomplete: 'off',
    value: current(spec, ctx, typeof spec.initial_value === 'string' ? spec.initial_value : '') ?? '',
    on: {
      input: () => { ctx.values.set(ctx.block_id, spec, node.value || null); late(node.value || null); },
      keydown: (event) => enterDispatches(event, spec, ctx, host, node),
    },
  });
  node.flush = late.flush;
  return node;
}

// dispatch_action: Enter (default) or every character sends the value as an action.
function enterDispatches(event, spec, ctx, host, node) {
  if (event.key !== 'Enter' || event.isComposing || !ctx.dispatch || !triggers(spec).includes('on_enter_pressed')) return;
  event.preventDefault();
  act(spec, ctx, node.value, host);
}

export function debounce(fn, ms) {
  let timer = null;
  let pending = null;
  const run = () => { clearTimeout(timer); timer = null; const args = pending; pending = null; if (args) fn(...args); };
  const later = (...args) => { pending = args; clearTimeout(timer); timer = setTimeout(run, ms); };
  later.flush = run;
  return later;
}

const INITIAL = { date: 'initial_date', time: 'initial_time', 'datetime-local': 'initial_date_time' };

function picker(type, spec, ctx, host, label) {
  const zoned = type === 'datetime-local';
  const value = current(spec, ctx, spec[INITIAL[type]]);
  const read = () => (!node.value ? null : zoned ? String(fromWall(node.value)) : node.value);
  const node = h('input', {
    class: 'field field-picker', id: ctx.fieldId, type,
    'aria-label': ctx.fieldId ? null : label || words(spec.placeholder) || type.replace('-local', ''),
    'aria-required': ctx.input && !ctx.optional ? 'true' : null,
    value: value == null ? '' : zoned ? toWall(Number(value)) : value,
    on: { change: () => changed(spec, ctx, read(), host) },
  });
  return node;
}

function ticks(type, spec, ctx, host, label) {
  const single = type === 'radio';
  const start = single ? [spec.initial_option?.value] : (spec.initial_options ?? []).map((o) => o.value);
  const chosen = new Set([current(spec, ctx, start)].flat());
  const name = uid(type);
  const read = () => {
    const values = [...group.querySelectorAll('input:checked')].map((box) => box.value);
    changed(spec, ctx, single ? values[0] ?? null : values, host);
  };
  const row = (option) => {
    const note = option.description && uid('note');
    return h('label', { class: 'tick' },
      h('input', { type, name, value: option.value, checked: chosen.has(option.value), 'aria-describedby': note, on: { change: read } }),
      h('span', {}, h('span', { class: 'tick-text' }, text(option.text)),
        option.description && h('small', { id: note }, text(option.description))));
  };
  const group = h('div', { class: 'ticks', role: single ? 'radiogroup' : 'group', 'aria-label': label || 'Options' },
    (spec.options ?? []).map(row));
  return group;
}
