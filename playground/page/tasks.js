// plan and task_card: the steps of long work, redrawn in place while they run.
import { h } from './dom.js';
import { icon } from './icons.js';
import { linkMark } from './leaves.js';
import { words } from './objects.js';
import { richText } from './richtext.js';

const SAID = { pending: 'Pending', in_progress: 'In progress', complete: 'Complete', error: 'Failed' };
const collapsed = new Set();

export function plan(block, ctx) {
  const tasks = block.tasks ?? [];
  const key = `${ctx.key}/${block.block_id}`;
  const open = !collapsed.has(key);
  return h('div', { role: 'group', class: `plan plan-${overall(tasks)}${open ? '' : ' is-closed'}`, 'aria-label': words(block.title) },
    planHead(block, tasks, open, key),
    h('ol', { class: 'steps' }, tasks.map((task, i) => step(task, i))));
}

function planHead(block, tasks, open, key) {
  const toggle = (event) => {
    if (!collapsed.delete(key)) collapsed.add(key);
    const closed = collapsed.has(key);
    event.currentTarget.setAttribute('aria-expanded', String(!closed));
    event.currentTarget.closest('.plan').classList.toggle('is-closed', closed);
  };
  return h('button', { type: 'button', class: 'plan-head', 'aria-expanded': String(open), on: { click: toggle } },
    stateIcon(overall(tasks)),
    h('span', { class: 'plan-title' }, words(block.title)),
    h('span', { class: 'plan-count' }, tally(tasks)),
    icon('chevron', 16),
    h('span', { class: 'plan-bar', 'aria-hidden': 'true' }, tasks.map((t) => h('i', { class: `bar-${status(t)}` }))));
}

const status = (task) => (task.status in SAID ? task.status : 'pending');

function overall(tasks) {
  const all = tasks.map(status);
  if (all.includes('in_progress')) return 'in_progress';
  if (all.includes('error')) return 'error';
  return all.length && all.every((s) => s === 'complete') ? 'complete' : 'pending';
}

function tally(tasks) {
  return `${tasks.filter((t) => status(t) === 'complete').length} of ${tasks.length}`;
}

function step(task, index) {
  return h('li', { class: `step step-${status(task)}`, key: task.task_id ?? String(index), data: { taskId: task.task_id ?? '', status: status(task) } },
    stepBody(task));
}

export function taskCard(block) {
  return h('div', { class: `steps single step step-${status(block)}`, data: { taskId: block.task_id ?? '', status: status(block) } }, stepBody(block));
}

function stepBody(task) {
  return [
    stateIcon(status(task)),
    h('div', { class: 'step-main' },
      h('div', { class: 'step-title' }, words(task.title), h('span', { class: 'unseen' }, `: ${SAID[status(task)]}`)),
      task.details && h('div', { class: 'step-details', key: 'details' }, richText(task.details)),
      task.output && h('div', { class: 'step-output', key: 'output' }, richText(task.output)),
      task.sources?.length > 0 && h('div', { class: 'step-sources', key: 'sources' }, task.sources.map(source))),
  ];
}

const source = (item) => h('span', {}, icon('link', 13), linkMark(item.url ?? '', words(item.text) || item.url));

const GLYPHS = { complete: 'check', error: 'cross' };

function stateIcon(name) {
  return h('span', { class: `state state-${name}`, key: 'state', 'aria-hidden': 'true' }, GLYPHS[name] && icon(GLYPHS[name], 13));
}
