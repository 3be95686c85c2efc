// rich_text_input: an editor whose content is Slack's rich_text, with a toolbar.
import { act, changed, current, triggers } from './act.js';
import { debounce } from './fields.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { words } from './objects.js';
import { richOf } from './richread.js';
import { richText } from './richtext.js';

const TOOLS = [
  ['bold', 'Bold', () => document.execCommand('bold')],
  ['italic', 'Italic', () => document.execCommand('italic')],
  ['strike', 'Strikethrough', () => document.execCommand('strikeThrough')],
  ['codes', 'Code', inlineCode],
  ['numbers', 'Ordered list', () => document.execCommand('insertOrderedList')],
  ['bullets', 'Bulleted list', () => document.execCommand('insertUnorderedList')],
  ['quotes', 'Quote', () => toggleBlock('blockquote')],
  ['pre', 'Code block', () => toggleBlock('pre')],
];

export function richInput(spec, ctx, host, label) {
  const editor = h('div', {
    class: 'field editor', contenteditable: 'true', role: 'textbox', 'aria-multiline': 'true', tabindex: '0',
    'aria-label': label || words(spec.placeholder) || 'Text', 'aria-required': ctx.input && !ctx.optional ? 'true' : null,
    data: { placeholder: words(spec.placeholder) },
    style: { '--min': spec.min_lines ?? 3, '--max': spec.max_lines ?? 12 },
    on: { input: edited, paste: pasted, keydown: pressed },
  });
  const late = debounce((value) => changed(spec, ctx, value, host), 250);
  editor.flush = late.flush;
  write(editor, current(spec, ctx, spec.initial_value));

  function edited() {
    if (editor.childNodes.length === 1 && editor.firstChild.nodeName === 'BR') editor.replaceChildren();
    const value = richOf(editor);
    ctx.values.set(ctx.block_id, spec, value);
    late(value);
  }

  function pressed(event) {
    const chosen = (event.ctrlKey || event.metaKey) && event.shiftKey ? { X: 2, C: 3, 7: 4, 8: 5, 9: 6 }[event.key.toUpperCase()] : null;
    if (chosen != null) { event.preventDefault(); TOOLS[chosen][2](); edited(); }
    else if (event.key === 'Enter' && ctx.dispatch && triggers(spec).includes('on_enter_pressed')) act(spec, ctx, richOf(editor), host);
  }

  return h('div', { class: 'editor-box' }, toolbar(editor, edited), editor);
}

// Only plain words come in by pasting.
function pasted(event) {
  event.preventDefault();
  document.execCommand('insertText', false, event.clipboardData.getData('text/plain'));
}

function write(editor, value) {
  if (!value?.elements) return;
  editor.append(...richText(value).childNodes);
  for (const node of editor.querySelectorAll('*')) if (node.leaf) node.contentEditable = 'false';
}

function toolbar(editor, edited) {
  const buttons = TOOLS.map(([name, title, apply], i) => h('button', {
    type: 'button', class: 'icon-button', title, 'aria-label': title, tabindex: i ? '-1' : '0',
    on: {
      pointerdown: (event) => event.preventDefault(),
      click: () => { editor.focus(); apply(); edited(); },
    },
  }, icon(name, 16)));
  const move = (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = buttons[(buttons.indexOf(document.activeElement) + by + buttons.length) % buttons.length];
    buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
    next.focus();
  };
  return h('div', { class: 'editor-tools', role: 'toolbar', 'aria-label': 'Formatting', on: { keydown: move } }, buttons);
}

function inlineCode() {
  const range = getSelection().rangeCount ? getSelection().getRangeAt(0) : null;
  const around = range?.startContainer.parentElement?.closest('code');
  if (around) return around.replaceWith(around.textContent);
  if (!range || range.collapsed) return null;
  const code = h('code', { class: 'code' }, range.toString());
  range.deleteContents();
  range.insertNode(code);
  return getSelection().collapse(code.parentNode, [...code.parentNode.childNodes].indexOf(code) + 1);
}

function toggleBlock(tag) {
  const here = getSelection().anchorNode;
  const inside = (here?.nodeType === Node.ELEMENT_NODE ? here : here?.parentElement)?.closest(tag);
  document.execCommand('formatBlock', false, inside ? 'div' : tag);
}
