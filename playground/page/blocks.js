// Block Kit blocks to DOM. ctx says where the block lives: {surface, key, channel, ts, view_id, values, errors}.
import { card, carousel, container } from './cards.js';
import { chart } from './chart.js';
import { h } from './dom.js';
import { element } from './elements.js';
import { icon } from './icons.js';
import { markdown } from './markdown.js';
import { image, video } from './media.js';
import { text, words } from './objects.js';
import { richText } from './richtext.js';
import { dataTable, table } from './table.js';
import { plan, taskCard } from './tasks.js';

export function blocks(list, ctx) {
  return (list ?? []).map((block, index) => {
    const node = drawn(block, { ...ctx, block_id: block.block_id });
    node.classList.add('block');
    node.dataset.blockId = block.block_id ?? '';
    node.dataset.key = `${block.type}/${block.block_id || index}`;
    return node;
  });
}

// One block that cannot be drawn must not take the channel with it.
function drawn(block, ctx) {
  try {
    return (BLOCKS[block.type] ?? unknown)(block, ctx);
  } catch (problem) {
    console.error(`block ${block.type} cannot be drawn`, problem);
    return unknown(block);
  }
}

const BLOCKS = {
  section, header, context, actions, image, input, alert, table, plan, card, carousel, video,
  divider: () => h('hr', { class: 'divider' }),
  rich_text: (block) => richText(block),
  markdown: (block) => markdown(block.text),
  container: (block, ctx) => container(block, ctx, blocks),
  context_actions: (block, ctx) => actions(block, ctx),
  data_table: dataTable,
  data_visualization: chart,
  task_card: taskCard,
};

function section(block, ctx) {
  return h('div', { class: 'section' },
    h('div', { class: 'section-main' },
      block.text && h('div', { class: 'text' }, text(block.text)),
      block.fields && h('div', { class: 'fields' }, block.fields.map((f) => h('div', { class: 'text pair' }, text(f))))),
    block.accessory && h('div', { class: 'accessory', key: 'accessory' }, element(block.accessory, ctx, words(block.text))));
}

function header(block) {
  return h('div', { class: `header-block h-${block.level ?? 2}`, role: 'heading', 'aria-level': (block.level ?? 1) + 1 }, text(block.text));
}

function context(block, ctx) {
  return h('div', { class: 'context' }, (block.elements ?? []).map((item) => (item.type === 'image'
    ? element(item, ctx) : h('span', { class: 'context-text' }, text(item)))));
}

function actions(block, ctx) {
  return h('div', { class: 'actions' }, (block.elements ?? []).map((item) => element(item, ctx)));
}

// What no label element can point at carries the label itself.
const GROUPED = new Set(['checkboxes', 'radio_buttons', 'rich_text_input', 'file_input']);

function input(block, ctx) {
  const label = words(block.label);
  const error = ctx.errors?.[block.block_id];
  const id = GROUPED.has(block.element?.type) ? null : `in-${ctx.key}-${block.block_id}`;
  const within = { ...ctx, input: true, dispatch: block.dispatch_action, optional: block.optional, fieldId: id };
  return h('div', { class: error ? 'input has-error' : 'input' },
    h(id ? 'label' : 'div', { class: 'label', for: id }, label, block.optional && h('span', { class: 'optional' }, ' (optional)')),
    element(block.element ?? {}, within, label),
    error && h('p', { class: 'field-error', role: 'alert', key: 'error' }, error),
    block.hint && h('p', { class: 'hint', key: 'hint' }, text(block.hint)));
}

const ALERTS = { success: 'done', warning: 'warn', error: 'stop' };

function alert(block) {
  const level = ['info', 'warning', 'error', 'success'].includes(block.level) ? block.level : 'default';
  return h('div', { class: `alert alert-${level}`, role: 'note', 'aria-label': level === 'default' ? 'notice' : level },
    icon(ALERTS[level] ?? 'info', 18), h('div', { class: 'text' }, text(block.text)));
}

function unknown(block) {
  return h('div', { class: 'unknown' },
    h('strong', {}, `block type ${block.type}`),
    h('p', {}, [...strings(block)].join(' · ')));
}

// Whatever readable text an unknown block carries.
function* strings(value) {
  if (Array.isArray(value)) for (const item of value) yield* strings(item);
  if (!value || typeof value !== 'object' || Array.isArray(value)) return;
  if (typeof value.title === 'string') yield value.title;
  if (typeof value.text === 'string') yield words(value);
  for (const inner of Object.values(value)) if (typeof inner === 'object') yield* strings(inner);
}
