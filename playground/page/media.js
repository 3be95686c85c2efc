// Images and films: a picture that cannot be shown is a box with its alternative text.
import { h, safeUrl } from './dom.js';
import { icon } from './icons.js';
import { linkMark } from './leaves.js';
import { words } from './objects.js';

// A picture of an image element or block; slack_file images are served by the workspace itself.
export function picture(spec, extra = {}) {
  const src = spec.image_url ?? spec.slack_file?.url ?? (spec.slack_file?.id && `/_play/file/${encodeURIComponent(spec.slack_file.id)}`);
  if (!src || !safeUrl(src)) return missing(spec);
  return h('img', { src, alt: spec.alt_text ?? '', ...extra, on: { error: (event) => event.currentTarget.replaceWith(missing(spec)) } });
}

const missing = (spec) => h('span', { class: 'image-missing', role: 'img', 'aria-label': spec.alt_text }, icon('image', 16), h('span', {}, spec.alt_text));

const hidden = new Set();

export function image(block, ctx) {
  const key = `${ctx.key}/${block.block_id}`;
  const title = block.title && words(block.title);
  const size = block.image_url && block.image_width ? { width: block.image_width, height: block.image_height } : {};
  const toggle = (event) => {
    if (!hidden.delete(key)) hidden.add(key);
    event.currentTarget.setAttribute('aria-expanded', String(!hidden.has(key)));
    event.currentTarget.closest('figure').classList.toggle('is-closed', hidden.has(key));
  };
  return h('figure', { class: `image${hidden.has(key) ? ' is-closed' : ''}` },
    title && h('figcaption', {}, h('button', { type: 'button', class: 'fold', 'aria-expanded': String(!hidden.has(key)), on: { click: toggle } }, title, icon('chevron', 12))),
    picture(block, { loading: 'lazy', ...size }));
}

export function video(block) {
  const title = words(block.title);
  const by = [block.provider_name, block.author_name].filter(Boolean).join(' · ');
  return h('div', { class: 'video', role: 'group', 'aria-label': `Video: ${title}` },
    by && h('div', { class: 'video-by' }, block.provider_icon_url && picture({ image_url: block.provider_icon_url, alt_text: '' }), by),
    h('div', { class: 'video-title' }, block.title_url ? linkMark(block.title_url, title) : title),
    block.description && h('p', { class: 'text' }, words(block.description)),
    player(block, title));
}

function player(block, title) {
  const face = [picture({ image_url: block.thumbnail_url, alt_text: block.alt_text }), h('span', { class: 'video-play', 'aria-hidden': 'true' }, icon('play', 26))];
  const href = safeUrl(block.video_url);
  return href ? h('a', { class: 'video-frame', href, target: '_blank', rel: 'noopener noreferrer', 'aria-label': `Play ${title}` }, face)
    : h('div', { class: 'video-frame' }, face);
}
