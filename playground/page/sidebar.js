// The list of channels and direct messages, with what is unread in each.
import { h, morph } from './dom.js';
import { icon } from './icons.js';
import { avatar } from './objects.js';
import { channelName, isApp, state } from './state.js';

export function drawSidebar(root) {
  const channels = [...state.channels.values()];
  const fresh = h('div', { class: 'sidebar-in' },
    group('Channels', channels.filter((c) => !c.is_im)),
    group('Direct messages', channels.filter((c) => c.is_im && !isApp(c.user))),
    group('Apps', channels.filter((c) => c.is_im && isApp(c.user))));
  if (root.firstElementChild) morph(root.firstElementChild, fresh);
  else root.append(fresh);
  document.title = titleOf(channels);
}

function titleOf(channels) {
  const here = state.channels.get(state.route.channel);
  const waiting = channels.reduce((sum, c) => sum + (c.mentions || 0), 0);
  const name = here ? `${here.is_im ? '' : '#'}${channelName(here.id)}` : state.team?.name;
  return `${waiting ? `(${waiting}) ` : ''}${name} · Station`;
}

function group(title, channels) {
  if (!channels.length) return null;
  const id = `group-${title.toLowerCase().replace(' ', '-')}`;
  return h('section', { class: 'nav-group', 'aria-labelledby': id, key: id },
    h('h2', { id }, title), h('ul', {}, channels.map(row)));
}

function row(channel) {
  const here = channel.id === state.route.channel;
  const name = channelName(channel.id);
  const home = isApp(channel.user) && state.app?.home_tab && !channel.unread ? '/home' : '';
  return h('li', { key: channel.id }, h('a', {
    class: `nav-row${channel.unread && !here ? ' unread' : ''}`, href: `/#${channel.id}${home}`,
    'aria-current': here ? 'page' : null, data: { channel: channel.id },
  },
  channel.is_im ? avatar(channel.user, 20) : icon('hash', 15),
  h('span', { class: 'nav-name' }, name),
  !here && channel.unread > 0 && h('span', { class: 'unseen' }, ` ${channel.unread} unread`),
  !here && badge(channel) > 0 && h('span', { class: 'badge', 'aria-label': `${badge(channel)} mentions` }, String(badge(channel)))));
}

// In a direct message everything is for you.
const badge = (channel) => channel.mentions || (channel.is_im ? channel.unread : 0);
