// What stands in an editor, as Slack's rich_text object; null when it is empty.

export function richOf(editor) {
  const parts = [];
  readBlocks(editor, parts);
  const elements = parts.map(trimmed).filter((part) => part.elements.length);
  return elements.length ? { type: 'rich_text', elements } : null;
}

const BLOCKS = new Set(['DIV', 'P', 'UL', 'OL', 'BLOCKQUOTE', 'PRE']);

function readBlocks(parent, parts) {
  let fresh = true;
  for (const node of parent.childNodes) {
    const block = BLOCKS.has(node.nodeName);
    if (block) { readBlock(node, parts); fresh = true; continue; }
    readInline(node, {}, lineOf(parts, fresh));
    fresh = false;
  }
}

function readBlock(node, parts) {
  if (node.nodeName === 'UL' || node.nodeName === 'OL') return readList(node, parts, Number(node.style.getPropertyValue('--indent')) || 0);
  if (node.nodeName === 'BLOCKQUOTE') return parts.push(part('rich_text_quote', node));
  if (node.nodeName === 'PRE') return parts.push({ type: 'rich_text_preformatted', elements: [{ type: 'text', text: node.innerText.replace(/\n$/, '') }] });
  return readBlocks(node, parts);
}

function part(type, node) {
  const found = { type, elements: [] };
  for (const child of node.childNodes) {
    if (BLOCKS.has(child.nodeName) && found.elements.length) push(found.elements, { type: 'text', text: '\n' });
    readInline(child, {}, found.elements);
  }
  return found;
}

function readList(node, parts, indent) {
  const style = node.nodeName === 'OL' ? 'ordered' : 'bullet';
  let list = null;
  for (const item of node.children) {
    if (item.nodeName === 'UL' || item.nodeName === 'OL') { readList(item, parts, indent + 1); list = null; continue; }
    if (!list) parts.push(list = { type: 'rich_text_list', style, indent, elements: [] });
    list.elements.push(part('rich_text_section', { childNodes: [...item.childNodes].filter((n) => !['UL', 'OL'].includes(n.nodeName)) }));
    for (const inner of item.querySelectorAll(':scope > ul, :scope > ol')) { readList(inner, parts, indent + 1); list = null; }
  }
}

// Lines that follow each other are one section.
function lineOf(parts, fresh) {
  const last = parts.at(-1);
  if (last?.type !== 'rich_text_section') {
    parts.push({ type: 'rich_text_section', elements: [] });
    return parts.at(-1).elements;
  }
  if (fresh) push(last.elements, { type: 'text', text: '\n' });
  return last.elements;
}

const STYLES = { B: 'bold', STRONG: 'bold', I: 'italic', EM: 'italic', S: 'strike', STRIKE: 'strike', DEL: 'strike', CODE: 'code', U: 'underline' };
const ADDRESS = /(https?:\/\/[^\s<>]+[^\s<>.,;:!?)\]'"])/;

function readInline(node, style, out) {
  if (node.leaf) return out.push(node.leaf);
  if (node.nodeType === Node.TEXT_NODE) return readText(node.data.replaceAll('\u00a0', ' '), style, out);
  if (node.nodeName === 'BR') return node.nextSibling && push(out, { type: 'text', text: '\n' });
  const more = STYLES[node.nodeName] ? { ...style, [STYLES[node.nodeName]]: true } : style;
  for (const child of node.childNodes ?? []) readInline(child, more, out);
  return null;
}

function readText(text, style, out) {
  text.split(ADDRESS).forEach((piece, i) => {
    if (piece) push(out, { type: i % 2 ? 'link' : 'text', [i % 2 ? 'url' : 'text']: piece, ...(Object.keys(style).length ? { style } : {}) });
  });
}

function push(out, leaf) {
  const last = out.at(-1);
  if (last?.type === 'text' && leaf.type === 'text' && JSON.stringify(last.style) === JSON.stringify(leaf.style)) last.text += leaf.text;
  else out.push(leaf);
}

function trimmed(part) {
  if (part.type === 'rich_text_list') return part;
  const words = part.elements.some((leaf) => leaf.type !== 'text' || leaf.text.trim());
  return { ...part, elements: words ? part.elements : [] };
}
