// The "are you sure" dialog of a confirm object. Resolves to true or false.
import { clear, h } from './dom.js';
import { text, words } from './objects.js';

export function confirmed(spec) {
  const dialog = document.getElementById('confirm');
  return new Promise((resolve) => {
    const answer = (yes) => () => { dialog.close(); resolve(yes); };
    clear(dialog, h('div', { class: 'modal-card' },
      h('header', { class: 'modal-head' }, h('h2', { id: 'confirm-title' }, words(spec.title) || 'Are you sure?')),
      h('div', { class: 'modal-body' }, h('div', { class: 'text' }, text(spec.text))),
      h('footer', { class: 'modal-foot' },
        h('button', { type: 'button', class: 'button', on: { click: answer(false) } }, words(spec.deny) || 'Cancel'),
        h('button', { type: 'button', class: `button button-${spec.style === 'danger' ? 'danger' : 'primary'}`, autofocus: true,
          on: { click: answer(true) } }, words(spec.confirm) || 'Yes'))));
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
  });
}
