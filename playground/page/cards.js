// card, carousel and container: blocks that frame other things.
import { h, uid } from './dom.js';
import { element } from './elements.js';
import { icon } from './icons.js';
import { picture } from './media.js';
import { iconButton, text, words } from './objects.js';
import { richText } from './richtext.js';

export function card(block, ctx) {
  const within = { ...ctx, block_id: block.block_id ?? ctx.block_id };
  const title = words(block.title);
  return h('div', { class: 'card', role: 'group', 'aria-label': title || 'Card', key: block.block_id },
    block.hero_image && h('div', { class: 'card-hero' }, picture(block.hero_image)),
    h('div', { class: 'card-head' },
      block.icon && h('span', { class: 'card-icon' }, picture(block.icon)),
      h('div', { class: 'card-titles' },
        block.title && h('div', { class: 'card-title' }, text(block.title)),
        block.subtitle && h('div', { class: 'card-subtitle' }, text(block.subtitle)))),
    block.body && h('div', { class: 'text card-body' }, text(block.body)),
    block.actions && h('div', { class: 'actions' }, block.actions.map((action) => element(action, within, title))));
}

export function carousel(block, ctx) {
  const cards = block.elements ?? [];
  const strip = h('div', { class: 'carousel-strip', tabindex: '0', role: 'group', 'aria-label': `${cards.length} cards` }, cards.map((c) => card(c, ctx)));
  const turn = (by) => (event) => {
    const scroller = event.currentTarget.parentNode.querySelector('.carousel-strip');
    scroller.scrollBy({ left: by * scroller.clientWidth * 0.8, behavior: 'smooth' });
  };
  return h('div', { class: 'carousel', role: 'group', 'aria-roledescription': 'carousel', 'aria-label': 'Cards' },
    iconButton('back', 'Previous cards', turn(-1), { key: 'back' }), strip, iconButton('forward', 'Next cards', turn(1), { key: 'forward' }));
}

const folded = new Map();

export function container(block, ctx, blocks) {
  const key = `${ctx.key}/${block.block_id}`;
  const foldable = Boolean(block.is_collapsible);
  const closed = foldable && (folded.get(key) ?? Boolean(block.default_collapsed));
  const width = ['narrow', 'standard', 'wide', 'full'].includes(block.width) ? block.width : 'standard';
  const body = h('div', { class: 'container-body', id: uid('container'), hidden: closed }, blocks(block.child_blocks, ctx));
  const face = containerFace(block);
  const toggle = (event) => {
    const root = event.currentTarget.closest('.container');
    folded.set(key, !root.classList.contains('is-closed'));
    root.classList.toggle('is-closed', folded.get(key));
    root.querySelector('.container-body').hidden = folded.get(key);
    event.currentTarget.setAttribute('aria-expanded', String(!folded.get(key)));
  };
  return h('div', { class: `container container-${width}${closed ? ' is-closed' : ''}${block.has_header_divider ? ' has-divider' : ''}`, role: 'group', 'aria-label': titleOf(block) },
    foldable ? h('button', { type: 'button', class: 'container-head', 'aria-expanded': String(!closed), 'aria-controls': body.id, on: { click: toggle } }, face, icon('chevron', 16))
      : h('div', { class: 'container-head' }, face),
    body);
}

function containerFace(block) {
  const title = block.title?.type === 'rich_text' ? richText(block.title) : text(block.title);
  return [block.icon && h('span', { class: 'card-icon' }, picture(block.icon)),
    h('span', { class: 'card-titles' }, h('span', { class: 'card-title' }, title), block.subtitle && h('span', { class: 'card-subtitle' }, text(block.subtitle)))];
}

const titleOf = (block) => (block.title?.type === 'rich_text' ? 'Container' : words(block.title));
