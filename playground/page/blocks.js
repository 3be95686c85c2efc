// Block Kit blocks to DOM. ctx says where the block lives: {surface, key, channel, ts, view_id, values, errors}.
import { h } from './dom.js';
import { element } from './elements.js';
import { markdown } from './markdown.js';
import { text, words } from './objects.js';
import { richText } from './richtext.js';
import { plan, taskCard } from './tasks.js';
import { table } from './table.js';

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
  section, header, context, actions, image, input,
  divider: () => h('hr', { class: 'divider' }),
  rich_text: (block) => richText(block),
  markdown: (block) => markdown(block.text),
  alert, table, data_table: table, plan, task_card: taskCard,
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

function image(block) {
  const title = block.title && words(block.title);
  return h('figure', { class: 'image' },
    title && h('figcaption', {}, title),
    block.image_url
      ? h('img', { src: block.image_url, alt: block.alt_text, loading: 'lazy', width: block.image_width, height: block.image_height })
      : h('div', { class: 'image-missing', role: 'img', 'aria-label': block.alt_text }, block.alt_text));
}

const GROUPED = new Set(['checkboxes', 'radio_buttons']);

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

function alert(block) {
  const level = ['info', 'warning', 'error', 'success'].includes(block.level) ? block.level : 'default';
  return h('div', { class: `alert alert-${level}`, role: 'note', 'aria-label': level === 'default' ? 'notice' : level },
    h('div', { class: 'text' }, text(block.text)));
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
