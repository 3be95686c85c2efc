// Line icons, 20 x 20, drawn with currentColor.

const PATHS = {
  menu: 'M3 5h14M3 10h14M3 15h14',
  close: 'M5 5l10 10M15 5L5 15',
  hash: 'M7.5 3l-1.5 14M14 3l-1.5 14M3.5 7.5h14M2.5 12.5h14',
  chevron: 'M5 8l5 5 5-5',
  send: 'M3.5 10h12M10.5 4.5L16 10l-5.5 5.5',
  sun: 'M10 6.2a3.8 3.8 0 100 7.6 3.8 3.8 0 000-7.6zM10 1.8v1.7M10 16.5v1.7M1.8 10h1.7M16.5 10h1.7M4.2 4.2l1.2 1.2M14.6 14.6l1.2 1.2M4.2 15.8l1.2-1.2M14.6 5.4l1.2-1.2',
  moon: 'M16.5 12.2A7 7 0 017.8 3.5a7 7 0 108.7 8.7z',
  pulse: 'M2 10.5h3.5l2.2-6 4.2 11 2.3-5H18',
  thread: 'M4 4h12v9H9.5L6 16v-3H4z',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  check: 'M4.5 10.5l3.7 3.7 7.3-8',
  cross: 'M6 6l8 8M14 6l-8 8',
  eye: 'M1.8 10S4.8 4.5 10 4.5 18.2 10 18.2 10 15.2 15.5 10 15.5 1.8 10 1.8 10zM10 7.6a2.4 2.4 0 100 4.8 2.4 2.4 0 000-4.8z',
  link: 'M8.5 11.5l3-3M9 6l1.6-1.6a3.5 3.5 0 015 5L14 11M11 14l-1.6 1.6a3.5 3.5 0 01-5-5L6 9',
  home: 'M3 9.5L10 3.5l7 6M5 8v8.5h10V8',
  back: 'M12 4.5L6.5 10l5.5 5.5',
  warn: 'M10 3.2L18 16.8H2zM10 8v4.2M10 14.4h.01',
  info: 'M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15zM10 9.2v4.6M10 6.4h.01',
  file: 'M5 2.5h6.5L15 6v11.5H5zM11.5 2.5V6H15',
  bulb: 'M7.5 14.5c0-2-2.5-3-2.5-6.2a5 5 0 0110 0c0 3.200-2.5 4.200-2.5 6.200zM8 17.500h4',
  arrow: 'M10 4v12M5 11l5 5 5-5',
};

const SVG = 'http://www.w3.org/2000/svg';

export function icon(name, size = 18) {
  const svg = document.createElementNS(SVG, 'svg');
  const attributes = { viewBox: '0 0 20 20', width: size, height: size, class: `icon icon-${name}`, 'aria-hidden': 'true' };
  Object.entries(attributes).forEach(([k, v]) => svg.setAttribute(k, v));
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name] ?? PATHS.info);
  svg.append(path);
  return svg;
}
