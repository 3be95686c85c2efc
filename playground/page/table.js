// table and data_table blocks: first row is the header.
import { h } from './dom.js';
import { words } from './objects.js';
import { richText } from './richtext.js';

export function table(block) {
  const [head, ...rows] = block.rows ?? [];
  const caption = words(block.caption);
  const cell = (tag) => (value, column) => h(tag, {
    class: cellClass(block, value, column), scope: tag === 'th' ? 'col' : null,
  }, content(value));
  return h('div', { class: 'table-wrap', tabindex: '0', role: 'region', 'aria-label': caption || 'Table' },
    h('table', { class: 'table' },
      caption && h('caption', {}, caption),
      h('thead', {}, h('tr', {}, (head ?? []).map(cell('th')))),
      h('tbody', {}, rows.map((row) => h('tr', {}, row.map(cell('td')))))));
}

function cellClass(block, value, column) {
  const setting = block.column_settings?.[column];
  const align = setting?.align ?? (value?.type === 'raw_number' ? 'right' : 'left');
  return `align-${align}${setting?.is_wrapped ? ' wraps' : ''}`;
}

function content(value) {
  if (value?.type === 'rich_text') return richText(value);
  return words(value?.text ?? String(value?.value ?? value?.number ?? ''));
}
