// The small marks inside text: people, channels, groups, links, dates, emoji. Same in mrkdwn and rich text.
import { h, safeUrl } from './dom.js';
import { emoji } from './emoji.js';
import { channelName, personName, state } from './state.js';
import { dateTemplate, fullDate } from './time.js';

export function userMark(id, label) {
  const mine = id === state.as;
  const name = state.people.has(id) || id === state.app?.user_id ? personName(id) : label || id;
  return h('span', { class: mine ? 'mark mark-me' : 'mark', data: { user: id } }, `@${name}`);
}

export function channelMark(id, label) {
  const known = state.channels.has(id);
  const text = `#${known ? channelName(id) : label || 'private-channel'}`;
  return known ? h('a', { class: 'mark', href: `/#${id}` }, text) : h('span', { class: 'mark' }, text);
}

export function groupMark(id, label) {
  const group = state.groups.get(id);
  const mine = group?.users?.includes(state.as);
  const text = group ? `@${group.handle}` : label || `@${id}`;
  return h('span', { class: mine ? 'mark mark-me' : 'mark', title: group?.name }, text);
}

export const broadcastMark = (range) => h('span', { class: 'mark mark-me' }, `@${range}`);

export function linkMark(url, text) {
  const href = safeUrl(url);
  if (!href) return h('span', {}, text || url);
  const inside = href.startsWith('#') || new URL(href, location.href).origin === location.origin;
  const away = inside ? {} : { target: '_blank', rel: 'noopener noreferrer' };
  return h('a', { class: 'link', href, ...away }, text || url.replace(/^mailto:/, ''));
}

export function dateMark(seconds, template, url, fallback) {
  const text = dateTemplate(seconds, template);
  if (text == null) return document.createTextNode(fallback || String(seconds));
  const node = h('time', { title: fullDate(new Date(Number(seconds) * 1000)) }, text);
  return url && safeUrl(url) ? h('a', { class: 'link', href: url, target: '_blank', rel: 'noopener noreferrer' }, node) : node;
}

export function emojiMark(name, tone, unicode) {
  const glyph = emoji(name, tone) ?? fromCodes(unicode);
  if (!glyph) return document.createTextNode(`:${name}:`);
  return h('span', { class: 'emoji', role: 'img', 'aria-label': name.replaceAll('_', ' '), title: `:${name}:` }, glyph);
}

function fromCodes(unicode) {
  if (!unicode) return null;
  try { return String.fromCodePoint(...unicode.split('-').map((code) => parseInt(code, 16))); }
  catch { return null; }
}
