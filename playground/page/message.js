// One message: who, when, what, and what hangs below it.
import { blocks } from './blocks.js';
import { h } from './dom.js';
import { emoji } from './emoji.js';
import { file } from './files.js';
import { icon } from './icons.js';
import { mrkdwn } from './mrkdwn.js';
import { avatar, iconButton } from './objects.js';
import { linkTo } from './route.js';
import { isApp, personName, state } from './state.js';
import { ago, clock, dateOf, fullDate } from './time.js';
import { valuesOf } from './values.js';

export const authorOf = (message) => message.user ?? (message.bot_id ? state.app?.user_id : null);

export function messageNode(message, { channel, compact, inThread, openThread, dismiss, lit }) {
  const author = authorOf(message);
  const name = message.notice ? 'Station' : message.username ?? personName(author);
  const isPrivate = message.ephemeral || message.notice;
  return h('article', {
    class: ['message', compact && 'compact', isPrivate && 'private', message.notice && 'notice', lit && 'lit'].filter(Boolean).join(' '),
    'aria-label': `${name}, ${clock(dateOf(message.ts))}`, data: { ts: message.ts, user: author ?? '' },
  },
  h('div', { class: 'gutter' }, compact ? stamp(channel, message) : message.notice ? icon('info', 22) : avatar(author)),
  h('div', { class: 'message-main' },
    isPrivate && privateLine(message, dismiss),
    !compact && head(channel, message, author, name),
    body(message, channel),
    reactions(message),
    !inThread && message.reply_count > 0 && replies(message, openThread)),
  !message.notice && tools(channel, message, inThread ? null : openThread));
}

function head(channel, message, author, name) {
  return h('div', { class: 'message-head' },
    h('span', { class: 'author' }, name),
    !message.notice && (message.bot_id || isApp(author)) && h('span', { class: 'app-badge' }, 'APP'),
    person(author)?.is_guest && h('span', { class: 'who-badge' }, 'Guest'),
    person(author)?.is_stranger && h('span', { class: 'who-badge' }, 'Not in this workspace'),
    stamp(channel, message));
}

const person = (id) => state.people.get(id);

function stamp(channel, message) {
  const date = dateOf(message.ts);
  const time = h('time', { datetime: date.toISOString() }, clock(date));
  if (message.ephemeral || message.notice) return h('span', { class: 'stamp', title: fullDate(date) }, time);
  return h('a', { class: 'stamp', href: linkTo(channel, message), title: fullDate(date) }, time);
}

function privateLine(message, dismiss) {
  return h('div', { class: 'private-line' }, icon('eye', 14), h('span', {}, 'Only visible to you'),
    dismiss && iconButton('close', 'Dismiss', () => dismiss(message.ts)));
}

function body(message, channel) {
  const key = `${channel}/${message.ts}`;
  const ctx = { surface: 'message', key, channel, ts: message.ts, values: valuesOf(key) };
  const content = message.blocks?.length ? blocks(message.blocks, ctx)
    : [message.text && h('div', { class: 'text', key: 'text' }, mrkdwn(message.text))];
  return h('div', { class: 'message-body' }, content,
    (message.attachments ?? []).map((a, i) => attachment(a, ctx, i)),
    (message.files ?? []).map(file),
    message.edited && h('span', { class: 'edited', key: 'edited', title: editedAt(message) }, '(edited)'));
}

const editedAt = (message) => (message.edited.ts ? fullDate(dateOf(message.edited.ts)) : null);

function attachment(item, ctx, index) {
  const color = /^#?[0-9a-f]{6}$/i.test(item.color ?? '') ? `#${item.color.replace('#', '')}` : null;
  return h('div', { class: 'attachment', key: `attachment/${index}`, style: color ? { '--bar': color } : {} },
    item.pretext && h('div', { class: 'text' }, mrkdwn(item.pretext)),
    item.title && h('strong', {}, item.title),
    item.blocks ? blocks(item.blocks, ctx) : h('div', { class: 'text' }, mrkdwn(item.text ?? item.fallback ?? '')));
}

function reactions(message) {
  if (!message.reactions?.length) return null;
  return h('div', { class: 'reactions', key: 'reactions' }, message.reactions.map((r) => h('span', {
    class: r.users?.includes(state.as) ? 'reaction mine' : 'reaction', role: 'img',
    title: `${(r.users ?? []).map(personName).join(', ')} :${r.name}:`, 'aria-label': `${r.count} ${r.name.replaceAll('_', ' ')}`,
  }, h('span', { class: 'emoji' }, emoji(r.name) ?? `:${r.name}:`), h('b', {}, String(r.count)))));
}

function replies(message, openThread) {
  const count = message.reply_count;
  return h('button', { type: 'button', class: 'replies', key: 'replies', on: { click: () => openThread(message.ts) } },
    h('span', { class: 'faces' }, (message.reply_users ?? []).slice(0, 4).map((id) => avatar(id, 20))),
    h('b', {}, `${count} ${count === 1 ? 'reply' : 'replies'}`),
    message.latest_reply && h('span', { class: 'quiet' }, `Last reply ${ago(message.latest_reply)}`));
}

function tools(channel, message, openThread) {
  if (message.ephemeral) return null;
  const copy = () => navigator.clipboard?.writeText(new URL(linkTo(channel, message), location.href).href);
  return h('div', { class: 'tools', role: 'group', 'aria-label': 'Message actions' },
    openThread && iconButton('thread', 'Reply in thread', () => openThread(message.thread_ts ?? message.ts)),
    iconButton('link', 'Copy link', copy));
}
