// What hangs below a message: images are shown, and large on request; everything else is a card.
import { clear, h } from './dom.js';
import { icon } from './icons.js';
import { picture } from './media.js';
import { iconButton } from './objects.js';

// The longer side of an image in a message, in CSS pixels.
const SHOWN = 360;

const nameOf = (item) => item.title || item.name || item.id;

export function file(item) {
  if (item.mode === 'tombstone') return h('div', { class: 'file', key: item.id }, icon('file', 22), h('span', {}, 'This file was deleted.'));
  return item.original_w ? shot(item) : card(item);
}

function card(item) {
  const label = [h('strong', {}, nameOf(item)), h('small', {}, [item.pretty_type || item.filetype, size(item.size)].filter(Boolean).join(', '))];
  const url = item.url_private || item.permalink;
  const face = [icon('file', 22), h('span', {}, label)];
  return url ? h('a', { class: 'file', href: url, target: '_blank', rel: 'noopener noreferrer', key: item.id }, face)
    : h('div', { class: 'file', key: item.id }, face);
}

const size = (bytes) => (bytes == null ? '' : bytes < 1024 ? `${bytes} B` : `${Math.round(bytes / 1024)} kB`);

// Its place is kept before it has come, so that nothing below it jumps.
function shot(item) {
  const { original_w: width, original_h: height } = item;
  const scale = Math.min(1, SHOWN / width, SHOWN / height);
  const style = { width: `${Math.max(1, Math.round(width * scale))}px`, 'aspect-ratio': `${width} / ${height}` };
  return h('figure', { class: 'shot', key: item.id },
    h('figcaption', {}, nameOf(item)),
    h('button', { type: 'button', title: 'Open large', 'aria-haspopup': 'dialog', on: { click: () => enlarge(item) } },
      picture(seen(item), { loading: 'lazy', style })));
}

const seen = (item) => ({ image_url: item.url_private, alt_text: item.alt_txt || nameOf(item) });

function enlarge(item) {
  const dialog = document.getElementById('large');
  const close = () => dialog.close();
  clear(dialog,
    h('header', {}, h('h2', { id: 'large-title' }, nameOf(item)),
      h('a', { class: 'icon-button', href: item.url_private_download, download: item.name, 'aria-label': 'Download', title: 'Download' }, icon('download')),
      iconButton('close', 'Close', close, { autofocus: true })),
    picture(seen(item)));
  dialog.onclick = (event) => event.target === dialog && close();
  dialog.showModal();
}
