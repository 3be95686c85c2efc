// data_visualization: a line, bar, area or pie chart in SVG, and the same numbers as a table for screen readers.
import { h } from './dom.js';
import { linesIn } from './plot.js';
import { svg } from './svg.js';

const NARROW = matchMedia('(max-width: 760px)');

export function chart(block) {
  const spec = block.chart ?? {};
  const drawn = spec.type === 'pie' ? pie(spec) : linesIn(spec, NARROW.matches ? 330 : 600);
  const names = spec.type === 'pie' ? spec.segments.map((s) => s.label) : spec.series.map((s) => s.name);
  drawn.setAttribute('role', 'img');
  drawn.setAttribute('aria-label', `${block.title}: ${spec.type} chart`);
  return h('figure', { class: `chart chart-${spec.type}` },
    h('figcaption', {}, block.title),
    h('div', { class: 'chart-in' }, drawn, legend(names, spec)),
    h('div', { class: 'unseen' }, numbers(block.title, spec)));
}

function legend(names, spec) {
  if (names.length < 2 && spec.type !== 'pie') return null;
  const total = spec.type === 'pie' ? sum(spec.segments) : 0;
  return h('ul', { class: 'legend', 'aria-hidden': 'true' }, names.map((name, i) => h('li', {},
    h('i', { class: `hue-${i}` }), name,
    total > 0 && h('b', {}, `${Math.round((spec.segments[i].value / total) * 100)}%`))));
}

function numbers(title, spec) {
  if (spec.type === 'pie') return grid(title, ['', 'Value'], spec.segments.map((s) => [s.label, s.value]));
  const rows = spec.axis_config.categories.map((name, i) => [name, ...spec.series.map((s) => s.data[i]?.value ?? '')]);
  return grid(title, [spec.axis_config.x_label ?? '', ...spec.series.map((s) => s.name)], rows);
}

function grid(title, head, rows) {
  return h('table', {}, h('caption', {}, title),
    h('thead', {}, h('tr', {}, head.map((name) => (name ? h('th', { scope: 'col' }, name) : h('td'))))),
    h('tbody', {}, rows.map(([name, ...cells]) => h('tr', {}, h('th', { scope: 'row' }, name),
      cells.map((value) => h('td', {}, String(value)))))));
}

const sum = (segments) => segments.reduce((all, s) => all + s.value, 0);

function pie(spec) {
  const total = sum(spec.segments);
  let from = 0;
  const slices = spec.segments.map((segment, i) => {
    const share = segment.value / total;
    const drawn = slice(from, share, i);
    drawn.append(svg('title', {}, `${segment.label}: ${segment.value}`));
    from += share;
    return drawn;
  });
  return svg('svg', { viewBox: '-104 -104 208 208', class: 'pie' }, slices);
}

function slice(from, share, index) {
  if (share > 0.9999) return svg('circle', { r: 100, class: `slice hue-${index}` });
  const [a, b] = [from, from + share].map((turn) => 2 * Math.PI * turn - Math.PI / 2);
  const point = (angle) => `${100 * Math.cos(angle)} ${100 * Math.sin(angle)}`;
  return svg('path', { class: `slice hue-${index}`, d: `M0 0L${point(a)}A100 100 0 ${share > 0.5 ? 1 : 0} 1 ${point(b)}Z` });
}
