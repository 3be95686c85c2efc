// SVG nodes, built like HTML ones.
const SVG = 'http://www.w3.org/2000/svg';

export function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes ?? {})) if (value != null) node.setAttribute(name, value);
  for (const child of children.flat()) if (child != null && child !== false) node.append(child);
  return node;
}
