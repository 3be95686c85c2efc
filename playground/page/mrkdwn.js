// Slack's mrkdwn to DOM nodes. Text is only ever put into text nodes.
import { h } from './dom.js';
import { broadcastMark, channelMark, dateMark, emojiMark, groupMark, linkMark, userMark } from './leaves.js';
import { emoji } from './emoji.js';

export function mrkdwn(text, { verbatim = false } = {}) {
  const out = document.createDocumentFragment();
  for (const part of splitFences(String(text ?? ''))) {
    if (part.fence) out.append(h('pre', { class: 'pre' }, ...preformatted(part.text)));
    else appendParagraphs(out, part.text, { verbatim });
  }
  return out;
}

export function unescape(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function splitFences(text) {
  const parts = text.split(/```([\s\S]+?)```/);
  return parts
    .map((part, i) => (i % 2 ? { fence: true, text: part.replace(/^\n|\n$/g, '') } : { text: trimBreaks(part, i, parts.length) }))
    .filter((part) => part.text);
}

function trimBreaks(part, index, count) {
  const head = index > 0 ? part.replace(/^\n/, '') : part;
  return index < count - 1 ? head.replace(/\n$/, '') : head;
}

function preformatted(text) {
  return tokens(text).map((t) => (t.angle == null ? unescape(t.text) : angle(t.angle)));
}

function appendParagraphs(out, text, options) {
  for (const run of quoteRuns(text.split('\n'))) {
    const target = run.quote ? h('blockquote', { class: 'quote' }) : out;
    run.lines.forEach((line, i) => {
      if (i) target.append(h('br'));
      target.append(...formatted(line, options));
    });
    if (run.quote) out.append(target);
  }
}

function quoteRuns(lines) {
  const runs = [];
  for (const line of lines) {
    const quoted = /^(?:&gt;|>)(?!&gt;|>) ?(.*)$/.exec(line);
    const quote = Boolean(quoted);
    if (!runs.length || runs.at(-1).quote !== quote) runs.push({ quote, lines: [] });
    runs.at(-1).lines.push(quote ? quoted[1] : line);
  }
  return runs;
}

const STYLES = { '*': ['strong', 'b'], _: ['em', 'i'], '~': ['s', 's'] };
const SPAN = /(^|[^\w*_~])([*_~])(?=\S)((?:(?!\2)[^\n])*?\S)\2(?![\w])/;

function formatted(text, options) {
  const found = matchStyle(text);
  if (!found) return plain(text, options);
  const { before, mark, inner, after } = found;
  return [
    ...plain(before, options),
    h(STYLES[mark][0], {}, ...formatted(inner, options)),
    ...formatted(after, options),
  ];
}

// Code, links and emoji are opaque: a mark may surround them but not start or end inside.
function matchStyle(text) {
  const masked = text.replace(/`[^`\n]+`|<[^<>\n]+>|:[a-z0-9_+-]+:/g, (token) => '\u0001'.repeat(token.length));
  const match = SPAN.exec(masked);
  if (!match) return null;
  const start = match.index + match[1].length;
  const end = match.index + match[0].length;
  return { before: text.slice(0, start), mark: match[2], inner: text.slice(start + 1, end - 1), after: text.slice(end) };
}

function tokens(text) {
  return text.split(/(<[^<>\n]+>)/).filter(Boolean)
    .map((part) => (/^<[^<>\n]+>$/.test(part) ? { angle: part.slice(1, -1) } : { text: part }));
}

function plain(text, options) {
  return text.split(/(`[^`\n]+`)/).filter(Boolean).flatMap((part) => (/^`[^`]+`$/.test(part)
    ? [h('code', { class: 'code' }, ...preformatted(part.slice(1, -1)))]
    : tokens(part).flatMap((t) => (t.angle == null ? words(t.text, options.verbatim) : [angle(t.angle)]))));
}

const WORD = /(:[a-z0-9_+'-]+(?:::skin-tone-[2-6])?:|https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)\]'"])/;

function words(text, verbatim) {
  return text.split(WORD).filter(Boolean).map((part) => {
    const name = /^:(.+):$/.exec(part)?.[1];
    if (name && emoji(name)) return emojiMark(name);
    if (!verbatim && /^https?:\/\//.test(part)) return linkMark(unescape(part));
    return document.createTextNode(unescape(part));
  });
}

function angle(body) {
  const bar = body.indexOf('|');
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? '' : unescape(body.slice(bar + 1));
  if (target.startsWith('@')) return userMark(target.slice(1), label);
  if (target.startsWith('#')) return channelMark(target.slice(1), label);
  if (target.startsWith('!')) return special(target.slice(1), label);
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return linkMark(unescape(target), label);
  return document.createTextNode(`<${unescape(body)}>`);
}

function special(target, label) {
  const [kind, first, second, third] = target.split('^');
  if (kind === 'subteam') return groupMark(first, label);
  if (kind === 'date') return dateMark(first, unescape(second ?? ''), third, label);
  if (['here', 'channel', 'everyone'].includes(kind)) return broadcastMark(kind);
  return document.createTextNode(label || `<${target}>`);
}
