// Light or dark: the system's choice until the person makes one.
import { clear } from './dom.js';
import { icon } from './icons.js';
import { memory } from './state.js';

const system = matchMedia('(prefers-color-scheme: dark)');
const chosen = () => memory.get('theme') || (system.matches ? 'dark' : 'light');

export function startTheme(button) {
  const show = () => {
    const theme = chosen();
    const other = theme === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset.theme = theme;
    clear(button, icon(theme === 'dark' ? 'sun' : 'moon'));
    button.setAttribute('aria-label', `Switch to ${other} theme`);
    button.title = `Switch to ${other} theme`;
  };
  button.addEventListener('click', () => { memory.set('theme', chosen() === 'dark' ? 'light' : 'dark'); show(); });
  system.addEventListener('change', show);
  show();
}
