// table and data_table: the first row is the header; a data_table turns pages and sorts.
import { h } from './dom.js';
import { icon } from './icons.js';
import { iconButton, words } from './objects.js';
import { richText } from './richtext.js';

export function table(block) {
  return framed('Table', body(block, block.rows ?? []));
}

const shown = new Map();

export function dataTable(block, ctx) {
  const key = `${ctx.key}/${block.block_id}`;
  const root = h('div', { class: 'data-table' });
  const draw = () => root.replaceChildren(...page(block, shown.get(key) ?? { page: 0, by: null, down: false }, (next) => { shown.set(key, next); draw(); }));
  draw();
  root.signature = JSON.stringify(block);
  return root;
}

function page(block, at, go) {
  const [head, ...all] = block.rows ?? [];
  const size = block.page_size ?? 5;
  const last = Math.max(0, Math.ceil(all.length / size) - 1);
  const number = Math.min(at.page, last);
  const rows = sorted(all, at).slice(number * size, (number + 1) * size);
  const turn = (by) => (event) => {
    const label = event.currentTarget.getAttribute('aria-label');
    const root = event.currentTarget.closest('.data-table');
    go({ ...at, page: number + by });
    root.querySelector(`[aria-label="${label}"]:not(:disabled)`)?.focus();
  };
  return [framed(words(block.caption), body(block, [head ?? [], ...rows], { at, go })),
    last > 0 && h('div', { class: 'pager' },
      h('span', { role: 'status' }, `${number * size + 1}–${number * size + rows.length} of ${all.length}`),
      iconButton('back', 'Previous page', turn(-1), { disabled: number === 0 }),
      iconButton('forward', 'Next page', turn(1), { disabled: number === last }))].filter(Boolean);
}

function sorted(rows, { by, down }) {
  if (by == null) return rows;
  const value = (cell) => (cell?.type === 'raw_number' ? cell.value : plain(cell));
  const compare = (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true }));
  return [...rows].sort((a, b) => compare(value(a[by]), value(b[by])) * (down ? -1 : 1));
}

const plain = (cell) => (cell?.type === 'rich_text' ? JSON.stringify(cell.elements) : words(cell?.text ?? ''));

function framed(label, content) {
  return h('div', { class: 'table-wrap', tabindex: '0', role: 'region', 'aria-label': label }, content);
}

function body(block, [head, ...rows], sorting = null) {
  const caption = words(block.caption);
  const header = (value, column) => h('th', { class: cellClass(block, value, column, rows), scope: 'col', 'aria-sort': sorting && order(sorting.at, column) },
    sorting ? sorter(content(value), column, sorting) : content(value));
  const cell = (value, column) => h(column === block.row_header_column_index ? 'th' : 'td', {
    class: cellClass(block, value, column, rows), scope: column === block.row_header_column_index ? 'row' : null,
  }, content(value));
  return h('table', { class: 'table' },
    caption && h('caption', {}, caption),
    h('thead', {}, h('tr', {}, (head ?? []).map(header))),
    h('tbody', {}, rows.map((row) => h('tr', {}, row.map(cell)))));
}

const order = (at, column) => (at.by !== column ? 'none' : at.down ? 'descending' : 'ascending');

function sorter(label, column, { at, go }) {
  const mine = at.by === column;
  const sort = (event) => {
    const root = event.currentTarget.closest('.data-table');
    go({ page: 0, by: column, down: mine && !at.down });
    root.querySelectorAll('thead button')[column]?.focus();
  };
  return h('button', { type: 'button', class: `sorter${mine ? ` is-sorted${at.down ? ' is-down' : ''}` : ''}`, on: { click: sort } }, label, icon('chevron', 12));
}

// A column of numbers stands to the right, its heading with it.
function cellClass(block, value, column, rows) {
  const setting = block.column_settings?.[column];
  const numeric = value?.type === 'raw_number' || rows[0]?.[column]?.type === 'raw_number';
  return `align-${setting?.align ?? (numeric ? 'right' : 'left')}${setting?.is_wrapped ? ' wraps' : ''}`;
}

function content(value) {
  if (value?.type === 'rich_text') return richText(value);
  return words(value?.text ?? String(value?.value ?? ''));
}
