// rich_text blocks: sections, lists, preformatted, quotes and every leaf Slack documents.
import { h } from './dom.js';
import { broadcastMark, channelMark, dateMark, emojiMark, groupMark, linkMark, userMark } from './leaves.js';
import { state } from './state.js';

export function richText(block) {
  return h('div', { class: 'rich' }, (block?.elements ?? []).map(part));
}

function part(element) {
  const draw = PARTS[element.type];
  return draw ? draw(element) : h('div', { class: 'rich-section' }, leaf(element));
}

const PARTS = {
  rich_text_section: (e) => h('div', { class: 'rich-section' }, leaves(e)),
  rich_text_preformatted: (e) => h('pre', { class: 'pre' }, leaves(e)),
  rich_text_quote: (e) => h('blockquote', { class: 'quote' }, leaves(e)),
  rich_text_list: list,
};

function list(element) {
  const ordered = element.style === 'ordered';
  return h(ordered ? 'ol' : 'ul', {
    class: `rich-list level-${(element.indent ?? 0) % 3}${element.border ? ' bordered' : ''}`,
    style: { '--indent': element.indent ?? 0 },
    start: ordered && element.offset ? element.offset + 1 : null,
  }, (element.elements ?? []).map((item) => h('li', {}, leaves(item))));
}

// An editor reads these two back from what is typed, every other leaf from its node.
const WORDS = new Set(['text', 'link']);

// Line breaks inside a section are kept by white-space: pre-wrap.
const leaves = (element) => (element.elements ?? []).map(leaf);

function leaf(element) {
  const draw = LEAVES[element.type];
  const node = draw ? draw(element) : document.createTextNode(element.text ?? `[${element.type}]`);
  if (!WORDS.has(element.type)) node.leaf = element;
  return styled(node, element.style);
}

const LEAVES = {
  text: (e) => document.createTextNode(e.text ?? ''),
  link: (e) => linkMark(e.url, e.text),
  user: (e) => userMark(e.user_id),
  usergroup: (e) => groupMark(e.usergroup_id),
  team: (e) => h('span', { class: 'mark' }, state.team?.id === e.team_id ? state.team.name : e.team_id),
  channel: (e) => channelMark(e.channel_id),
  emoji: (e) => emojiMark(e.name, e.skin_tone, e.unicode),
  broadcast: (e) => broadcastMark(e.range),
  color: (e) => h('span', { class: 'swatch' }, h('i', { style: { background: hex(e.value) } }), e.value),
  date: (e) => dateMark(e.timestamp, e.format ?? '{date_short_pretty} at {time}', e.url, e.fallback),
};

const hex = (value) => (/^#[0-9a-f]{6}$/i.test(value) ? value : 'transparent');

const WRAPS = [['code', 'code', 'code'], ['bold', 'strong'], ['italic', 'em'], ['strike', 's'], ['underline', 'u'],
  ['highlight', 'mark'], ['client_highlight', 'mark']];

function styled(node, style) {
  if (!style) return node;
  return WRAPS.reduce((inner, [flag, tag, className]) => (style[flag] ? h(tag, { class: className }, inner) : inner), node);
}
