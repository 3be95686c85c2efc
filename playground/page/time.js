// Times are shown in the zone of the person you are.
import { state } from './state.js';

const cache = new Map();

function format(name, options, date) {
  const zone = state.me?.tz || undefined;
  const key = `${name}/${zone}`;
  if (!cache.has(key)) cache.set(key, build({ ...options, timeZone: zone }));
  return cache.get(key).format(date);
}

function build(options) {
  try { return new Intl.DateTimeFormat('en', options); }
  catch { return new Intl.DateTimeFormat('en', { ...options, timeZone: undefined }); }
}

export const dateOf = (ts) => new Date(parseFloat(ts) * 1000);

export const clock = (date) => format('clock', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, date);
export const clockSeconds = (date) =>
  format('secs', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }, date);
export const dayKey = (date) => format('key', { year: 'numeric', month: '2-digit', day: '2-digit' }, date);
export const dayLong = (date) => format('day', { weekday: 'long', day: 'numeric', month: 'long' }, date);
export const fullDate = (date) =>
  format('full', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit',
    minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZoneName: 'short' }, date);

export function dayName(date) {
  return relativeDay(date) ?? dayLong(date);
}

function relativeDay(date) {
  const key = dayKey(date);
  for (const [name, shift] of [['Today', 0], ['Yesterday', -1], ['Tomorrow', 1]]) {
    if (key === dayKey(new Date(Date.now() + shift * 86400000))) return name;
  }
  return null;
}

export function ago(ts) {
  const seconds = Math.max(0, Date.now() / 1000 - parseFloat(ts));
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return plural(seconds / 60, 'minute');
  if (seconds < 86400) return plural(seconds / 3600, 'hour');
  return plural(seconds / 86400, 'day');
}

function plural(amount, word) {
  const count = Math.floor(amount);
  return `${count} ${word}${count === 1 ? '' : 's'} ago`;
}

const TOKENS = {
  date_num: (d) => format('num', { year: 'numeric', month: '2-digit', day: '2-digit' }, d),
  date: (d) => format('date', { day: 'numeric', month: 'long', year: 'numeric' }, d),
  date_short: (d) => format('short', { day: 'numeric', month: 'short', year: 'numeric' }, d),
  date_long: (d) => format('long', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }, d),
  date_pretty: (d) => lower(d) ?? TOKENS.date(d),
  date_short_pretty: (d) => lower(d) ?? TOKENS.date_short(d),
  date_long_pretty: (d) => lower(d) ?? TOKENS.date_long(d),
  day_divider_pretty: (d) => dayName(d),
  time: clock,
  time_secs: clockSeconds,
  ago: (d) => ago(d.getTime() / 1000),
};

const lower = (date) => relativeDay(date)?.toLowerCase() ?? null;

// Slack's date template: "{date_short_pretty} at {time}".
export function dateTemplate(seconds, template) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  return template.replace(/\{(\w+)\}/g, (whole, token) => TOKENS[token]?.(date) ?? whole);
}

// A wall clock time in the viewer's zone, for date-time inputs: "2026-11-23T09:30".
export function toWall(seconds) {
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const found = new Intl.DateTimeFormat('en', { ...parts, timeZone: state.me?.tz || undefined })
    .formatToParts(new Date(seconds * 1000));
  const part = (type) => found.find((p) => p.type === type).value;
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

// Two rounds settle the offset, also across a change to summer time.
export function fromWall(wall) {
  const wanted = Date.parse(`${wall}Z`) / 1000;
  let guess = wanted;
  for (let round = 0; round < 2; round += 1) guess += wanted - Date.parse(`${toWall(guess)}Z`) / 1000;
  return guess;
}
