// Where you are: /#C0RELEASES, /#C0RELEASES/<ts>, /#C0RELEASES/<ts>?thread_ts=<root>, /#D0BOT/home.
import { appChannel, emit, memory, state } from './state.js';

const SHAPE = /^#([CDG][A-Z0-9]+)(?:\/(home|\d+\.\d+))?(?:\?thread_ts=(\d+\.\d+))?$/;
const ARCHIVE = /^\/archives\/([CDG][A-Z0-9]+)(?:\/p(\d{10})(\d{6}))?\/?$/;

export function follow() {
  const route = parse(location.hash) ?? remembered();
  if (!route) return;
  state.route = route;
  memory.set('channel', route.channel);
  emit('route', route);
}

function parse(hash) {
  const found = SHAPE.exec(decodeURIComponent(hash));
  if (!found || !state.channels.has(found[1])) return null;
  const [, channel, place, thread] = found;
  return { channel, tab: place === 'home' ? 'home' : 'messages', ts: place === 'home' ? null : place ?? null, thread: thread ?? null };
}

function remembered() {
  const known = state.channels.has(state.route.channel) ? state.route.channel : memory.get('channel');
  const channels = [...state.channels.values()];
  const first = channels.find((c) => c.id === known) ?? channels.find((c) => !c.is_im) ?? channels[0];
  return first ? { channel: first.id, tab: 'messages', ts: null, thread: null } : null;
}

export function go(channel, place = '') {
  const hash = `#${channel}${place ? `/${place}` : ''}`;
  if (location.hash === hash) follow();
  else location.hash = hash;
}

export function goHome() {
  const channel = appChannel();
  if (channel) go(channel.id, 'home');
}

// A link to a message of this workspace, however it is written, is opened in place.
export function inside(href) {
  const url = new URL(href, location.href);
  if (url.origin === location.origin && url.pathname === '/' && SHAPE.test(url.hash)) return url.hash;
  const found = ARCHIVE.exec(url.pathname);
  if (!found || !state.channels.has(found[1])) return null;
  const thread = url.searchParams.get('thread_ts');
  return `#${found[1]}${found[2] ? `/${found[2]}.${found[3]}` : ''}${thread ? `?thread_ts=${thread}` : ''}`;
}

export const linkTo = (channel, message) => {
  const reply = message.thread_ts && message.thread_ts !== message.ts;
  return `/#${channel}/${message.ts}${reply ? `?thread_ts=${message.thread_ts}` : ''}`;
};
