// Line, bar and area charts: axes with round numbers, and one set of marks per series.
import { svg } from './svg.js';

const HEIGHT = 260;
const EDGE = { top: 12, right: 12, bottom: 30, left: 46 };

export function linesIn(spec, width) {
  const plot = measure(spec, width);
  const marks = { line, area, bar }[spec.type];
  return svg('svg', { viewBox: `0 0 ${width} ${plot.height}` },
    gridLines(plot), spec.series.map((series, i) => marks(plot, series, i, spec.series.length)), categories(plot), titles(plot, spec));
}

function measure(spec, width) {
  const { x_label: xLabel, y_label: yLabel, categories: names } = spec.axis_config;
  const values = spec.series.flatMap((s) => s.data.map((d) => d.value));
  const ticks = roundTicks(Math.min(0, ...values), Math.max(0, ...values));
  const left = EDGE.left + (yLabel ? 18 : 0);
  const height = HEIGHT + (xLabel ? 18 : 0);
  const bottom = HEIGHT - EDGE.bottom;
  const band = (width - left - EDGE.right) / names.length;
  const y = (value) => bottom - ((value - ticks[0]) / (ticks.at(-1) - ticks[0])) * (bottom - EDGE.top);
  const x = (index) => left + band * (index + 0.5);
  return { width, height, left, right: width - EDGE.right, bottom, band, names, ticks, x, y };
}

// Between four and eight steps of 1, 2 or 5 times a power of ten.
export function roundTicks(low, high) {
  const span = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => span / n <= 6);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 });

function gridLines(plot) {
  return plot.ticks.map((tick) => svg('g', {},
    svg('line', { class: tick === 0 ? 'grid zero' : 'grid', x1: plot.left, x2: plot.right, y1: plot.y(tick), y2: plot.y(tick) }),
    svg('text', { class: 'tick-label', x: plot.left - 8, y: plot.y(tick) + 4, 'text-anchor': 'end' }, SHORT.format(tick))));
}

// Every label that has room; the last letters of a long one go.
function categories(plot) {
  const every = Math.ceil(44 / plot.band);
  const room = Math.max(3, Math.floor((plot.band * every) / 7));
  return plot.names.map((name, i) => (i % every ? null : svg('text', {
    class: 'tick-label', x: plot.x(i), y: plot.bottom + 18, 'text-anchor': 'middle',
  }, name.length > room ? `${name.slice(0, room - 1)}…` : name, svg('title', {}, name))));
}

function titles(plot, spec) {
  const { x_label: xLabel, y_label: yLabel } = spec.axis_config;
  const middle = (EDGE.top + plot.bottom) / 2;
  return [
    xLabel && svg('text', { class: 'axis-title', x: (plot.left + plot.right) / 2, y: plot.height - 4, 'text-anchor': 'middle' }, xLabel),
    yLabel && svg('text', { class: 'axis-title', x: 14, y: middle, 'text-anchor': 'middle', transform: `rotate(-90 14 ${middle})` }, yLabel),
  ];
}

const named = (series, point) => svg('title', {}, `${series.name}, ${point.label}: ${point.value}`);
const path = (plot, series) => series.data.map((point, i) => `${i ? 'L' : 'M'}${plot.x(i)} ${plot.y(point.value)}`).join('');

function line(plot, series, index) {
  return svg('g', { class: `hue-${index}` },
    svg('path', { class: 'stroke', d: path(plot, series) }),
    series.data.map((point, i) => svg('circle', { class: 'dot', cx: plot.x(i), cy: plot.y(point.value), r: 4 }, named(series, point))));
}

function area(plot, series, index) {
  const floor = plot.y(Math.max(0, plot.ticks[0]));
  const closed = `${path(plot, series)}L${plot.x(series.data.length - 1)} ${floor}L${plot.x(0)} ${floor}Z`;
  return svg('g', { class: `hue-${index}` }, svg('path', { class: 'fill', d: closed }), line(plot, series, index));
}

function bar(plot, series, index, count) {
  const width = Math.min(46, (plot.band * 0.72) / count);
  const zero = plot.y(0);
  return svg('g', { class: `hue-${index}` }, series.data.map((point, i) => svg('rect', {
    class: 'bar', x: plot.x(i) + (index - count / 2) * width + 1, width: Math.max(1, width - 2), rx: 2,
    y: Math.min(zero, plot.y(point.value)), height: Math.max(1, Math.abs(plot.y(point.value) - zero)),
  }, named(series, point))));
}
