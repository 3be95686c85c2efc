// Small DOM kit: build nodes, and make an existing tree look like a fresh one without replacing it.

export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) setProp(node, name, value);
  append(node, children);
  return node;
}

export function append(node, children) {
  for (const child of [children].flat(Infinity)) {
    if (child == null || child === false) continue;
    node.append(child);
  }
  return node;
}

export function clear(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

function setProp(node, name, value) {
  if (value == null || value === false) return;
  if (name === 'on') Object.entries(value).forEach(([type, fn]) => listen(node, type, fn));
  else if (name === 'data') Object.assign(node.dataset, value);
  else if (name === 'key') node.dataset.key = value;
  else if (name === 'style') Object.entries(value).forEach(([k, v]) => node.style.setProperty(k, v));
  else if (name === 'value' || name === 'checked' || name === 'indeterminate') node[name] = value;
  else node.setAttribute(name === 'className' ? 'class' : name, value === true ? '' : value);
}

// Handlers hang on the node, so that a morph can swap them without re-binding.
export function listen(node, type, fn) {
  node.handlers ??= {};
  if (!(type in node.handlers)) node.addEventListener(type, relay);
  node.handlers[type] = fn;
}

function relay(event) {
  this.handlers[event.type]?.call(this, event);
}

// A stateful control (typed text, open list) survives a redraw as long as its signature is equal.
export function keep(node, signature) {
  node.signature = signature;
  return node;
}

export function morph(old, fresh) {
  if (!alike(old, fresh)) return swap(old, fresh);
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return old;
  }
  if (old.signature || fresh.signature) return old.signature === fresh.signature ? old : swap(old, fresh);
  morphAttributes(old, fresh);
  morphHandlers(old, fresh);
  morphChildren(old, fresh);
  return old;
}

function alike(a, b) {
  return a.nodeName === b.nodeName && keyOf(a) === keyOf(b);
}

function keyOf(node) {
  return node.dataset?.key ?? null;
}

function swap(old, fresh) {
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(fresh);
  if (hadFocus) (fresh.matches?.(FOCUSABLE) ? fresh : fresh.querySelector?.(FOCUSABLE))?.focus({ preventScroll: true });
  return fresh;
}

export const FOCUSABLE = 'a[href],button:not([disabled]),input:not([disabled]),textarea:not([disabled]),[tabindex="0"]';

function morphAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function morphHandlers(old, fresh) {
  for (const type of Object.keys(old.handlers ?? {})) old.handlers[type] = undefined;
  for (const [type, fn] of Object.entries(fresh.handlers ?? {})) listen(old, type, fn);
}

function morphChildren(old, fresh) {
  const keyed = new Map([...old.childNodes].filter(keyOf).map((n) => [keyOf(n), n]));
  const wanted = new Set([...fresh.childNodes].map(keyOf));
  const stale = (node) => Boolean(node && keyOf(node)) && !wanted.has(keyOf(node));
  let here = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const match = keyOf(next) ? keyed.get(keyOf(next)) ?? adopted(stale(here) && here, next) : here && !keyOf(here) ? here : null;
    while (match && match !== here && stale(here)) here = dropped(here);
    if (match && match !== here) move(old, match, here);
    if (!match) { old.insertBefore(next, here); continue; }
    here = morph(match, next).nextSibling;
  }
  while (here) here = dropped(here);
}

function dropped(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

// Only moveBefore leaves the focus and what plays inside a node alone.
const move = (parent, node, before) => (parent.moveBefore ? parent.moveBefore(node, before) : parent.insertBefore(node, before));

const kindOf = (node) => `${node.nodeName} ${keyOf(node).split('/')[0]}`;

// Slack names unnamed blocks anew in every version: the one of the same kind in the same place is the same.
function adopted(node, next) {
  if (!node || kindOf(node) !== kindOf(next)) return null;
  node.dataset.key = keyOf(next);
  return node;
}

// Keyed list: items are {key, signature, draw()}; untouched items keep their node.
// A signature is a string, or a list compared by identity.
export function reconcile(parent, items) {
  const keys = new Set(items.map((item) => item.key));
  const old = new Map([...parent.children].map((n) => [n.dataset.key, n]));
  // First, or whatever stays would move to the place before them, and be laid out anew.
  old.forEach((node, key) => { if (!keys.has(key)) node.remove(); });
  let here = parent.firstElementChild;
  for (const item of items) {
    const node = refresh(old.get(item.key), item);
    if (node === here) here = here.nextElementSibling;
    else parent.insertBefore(node, here?.parentNode === parent ? here : null);
  }
}

function refresh(node, item) {
  if (node && same(node.drawn, item.signature)) return node;
  const fresh = item.draw();
  fresh.dataset.key = item.key;
  const result = node ? morph(node, fresh) : fresh;
  result.drawn = item.signature;
  return result;
}

const same = (a, b) => a === b || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((part, i) => part === b[i]));

let serial = 0;
export const uid = (prefix = 'x') => `${prefix}-${++serial}`;

export function safeUrl(url) {
  try {
    const parsed = new URL(url, location.href);
    return ['http:', 'https:', 'mailto:'].includes(parsed.protocol) ? url : null;
  } catch { return null; }
}
