// Text objects, avatars and other small things that blocks and panes share.
import { h } from './dom.js';
import { withEmoji } from './emoji.js';
import { icon } from './icons.js';
import { mrkdwn } from './mrkdwn.js';
import { isApp, personName, state } from './state.js';

// Slack's text object, or a bare string where a field is one.
export function text(object) {
  if (object == null) return document.createTextNode('');
  if (typeof object === 'string') return document.createTextNode(withEmoji(object));
  if (object.type === 'mrkdwn') return mrkdwn(object.text, { verbatim: object.verbatim });
  return document.createTextNode(object.emoji === false ? object.text : withEmoji(object.text ?? ''));
}

export function words(object) {
  const value = typeof object === 'string' ? object : object?.text ?? '';
  return withEmoji(value);
}

export function avatar(id, size = 36) {
  if (isApp(id) || state.people.get(id)?.is_bot) {
    return h('span', { class: 'avatar avatar-app', style: { '--size': `${size}px` }, 'aria-hidden': 'true' }, h('i'), h('i'));
  }
  const color = colorOf(id);
  return h('span', {
    class: 'avatar', 'aria-hidden': 'true',
    style: { '--size': `${size}px`, '--face': color, '--letters': lightness(color) > 0.4 ? '#14181c' : '#ffffff' },
    data: { letters: initials(personName(id)) },
  });
}

function colorOf(id) {
  const given = state.people.get(id)?.color;
  return given ? `#${given.replace(/^#/, '')}` : '#5b6b7b';
}

function initials(name) {
  const parts = String(name).replace(/\(.*?\)/g, '').trim().split(/\s+/);
  const letters = parts.length > 1 ? [parts[0], parts.at(-1)] : parts;
  return letters.map((part) => part[0] ?? '').join('').toUpperCase();
}

function lightness(color) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16) / 255 || 0)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function iconButton(name, label, onClick, extra = {}) {
  return h('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, on: { click: onClick }, ...extra }, icon(name));
}

const announcer = () => document.getElementById('announcer');

export function announce(sentence) {
  const line = h('p', {}, sentence);
  announcer().append(line);
  setTimeout(() => line.remove(), 8000);
}
