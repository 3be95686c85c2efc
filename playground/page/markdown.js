// The markdown block: the common part of Markdown, line by line, to DOM nodes.
import { h } from './dom.js';
import { linkMark } from './leaves.js';
import { withEmoji } from './emoji.js';

export function markdown(text) {
  const lines = String(text ?? '').split('\n');
  const out = h('div', { class: 'markdown' });
  while (lines.length) out.append(...take(lines));
  return out;
}

function take(lines) {
  const rule = RULES.find(([pattern]) => pattern.test(lines[0]));
  return rule ? [rule[1](lines)] : paragraph(lines);
}

const FENCE = /^```/;
const RULES = [
  [FENCE, fence],
  [/^#{1,6} /, heading],
  [/^ {0,3}([-*_])( *\1){2,} *$/, (lines) => { lines.shift(); return h('hr'); }],
  [/^> ?/, (lines) => h('blockquote', { class: 'quote' }, joined(run(lines, /^> ?/)))],
  [/^\s*[-*+] /, (lines) => listOf('ul', run(lines, /^\s*[-*+] /))],
  [/^\s*\d+[.)] /, (lines) => listOf('ol', run(lines, /^\s*\d+[.)] /))],
];

function fence(lines) {
  lines.shift();
  const end = lines.findIndex((line) => FENCE.test(line));
  const body = lines.splice(0, end < 0 ? lines.length : end);
  lines.shift();
  return h('pre', { class: 'pre' }, body.join('\n'));
}

function heading(lines) {
  const [, marks, text] = /^(#{1,6}) (.*)$/.exec(lines.shift());
  return h('p', { class: `md-h md-h${marks.length}`, role: 'heading', 'aria-level': Math.min(6, marks.length + 1) }, inline(text));
}

function run(lines, pattern) {
  const found = [];
  while (lines.length && pattern.test(lines[0])) found.push(lines.shift().replace(pattern, ''));
  return found;
}

const listOf = (tag, items) => h(tag, { class: 'rich-list' }, items.map((item) => h('li', {}, task(item))));

function task(item) {
  const box = /^\[([ xX])\] (.*)$/.exec(item);
  return box ? [box[1] === ' ' ? '☐ ' : '☑ ', inline(box[2])] : inline(item);
}

function paragraph(lines) {
  const body = [];
  while (lines.length && lines[0].trim() && !(RULES.some(([p]) => p.test(lines[0])))) body.push(lines.shift());
  if (!body.length) { lines.shift(); return []; }
  return [h('p', {}, joined(body))];
}

const joined = (lines) => lines.flatMap((line, i) => (i ? [h('br'), inline(line)] : [inline(line)]));

const INLINE = [
  [/`([^`]+)`/, (m) => h('code', { class: 'code' }, m[1])],
  [/\[([^\]]+)\]\(([^)\s]+)\)/, (m) => linkMark(m[2], m[1])],
  [/\*\*(\S(?:.*?\S)?)\*\*/, (m) => h('strong', {}, inline(m[1]))],
  [/~~(\S(?:.*?\S)?)~~/, (m) => h('s', {}, inline(m[1]))],
  [/\*(\S(?:[^*]*?\S)?)\*/, (m) => h('em', {}, inline(m[1]))],
  [/(?<!\w)_(\S(?:[^_]*?\S)?)_(?!\w)/, (m) => h('em', {}, inline(m[1]))],
  [/https?:\/\/[^\s)]+/, (m) => linkMark(m[0])],
];

function inline(text) {
  const hits = INLINE.map(([pattern, draw]) => ({ match: pattern.exec(text), draw })).filter((hit) => hit.match);
  if (!hits.length) return text ? [withEmoji(text)] : [];
  const { match, draw } = hits.reduce((a, b) => (b.match.index < a.match.index ? b : a));
  return [...inline(text.slice(0, match.index)), draw(match), ...inline(text.slice(match.index + match[0].length))];
}
