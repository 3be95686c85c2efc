// "You are Ana": who you act as. One click becomes another person.
import { clear, h } from './dom.js';
import { icon } from './icons.js';
import { avatar } from './objects.js';
import { menuButton } from './popup.js';
import { state } from './state.js';

export function drawPeople(root, become) {
  const people = [...state.people.values()].filter((p) => !p.is_bot);
  const focus = focusIn(root);
  clear(root, you(people, become), strip(people, become));
  if (focus) root.querySelector(focus)?.focus();
}

function focusIn(root) {
  const active = document.activeElement;
  if (!root.contains(active)) return null;
  return active.closest('.strip') ? `.strip [data-become="${active.dataset.become}"]` : '#you';
}

function you(people, become) {
  const me = state.me;
  const pill = h('button', { type: 'button', class: 'you', id: 'you' },
    avatar(me?.id, 26),
    h('span', { class: 'you-text' }, h('span', { class: 'you-are' }, 'You are '), h('b', {}, shortName(me)),
      h('span', { class: 'you-title' }, me?.title ?? '')),
    icon('chevron', 15));
  const draw = (close) => [
    h('p', { class: 'menu-title', role: 'presentation' }, 'Become someone else'),
    ...people.map((person) => entry(person, () => { close(); become(person.id); })),
  ];
  return h('div', { class: 'menu-anchor' }, menuButton(pill, draw, 'Become someone else'));
}

const shortName = (person) => (person?.real_name || person?.name || 'nobody').split(' ')[0];

function entry(person, choose) {
  const mine = person.id === state.as;
  return h('button', {
    type: 'button', role: 'menuitemradio', 'aria-checked': String(mine), tabindex: '-1', class: 'menu-item person',
    'aria-disabled': person.deleted ? 'true' : null, data: { become: person.id },
    on: { click: person.deleted ? () => {} : choose },
  },
  avatar(person.id, 32),
  h('span', { class: 'person-text' }, h('b', {}, person.real_name || person.name, standing(person) && h('em', {}, standing(person))),
    h('small', {}, person.title ?? '')),
  mine && icon('check', 16));
}

function standing(person) {
  if (person.deleted) return 'deactivated';
  if (person.is_stranger) return 'not in this workspace';
  return person.is_guest ? 'guest' : null;
}

// The same people as a row of faces, where there is room.
function strip(people, become) {
  return h('div', { class: 'strip', role: 'group', 'aria-label': 'Become' }, people.map((person) => h('button', {
    type: 'button', class: `face${standing(person) ? ' face-marked' : ''}`, disabled: Boolean(person.deleted),
    'aria-pressed': String(person.id === state.as), data: { become: person.id },
    'aria-label': describe(person), title: describe(person), on: { click: () => become(person.id) },
  }, avatar(person.id, 28), person.is_guest && h('i', { class: 'face-dot', 'data-mark': 'G' }), person.is_stranger && h('i', { class: 'face-dot', 'data-mark': '?' }))));
}

const describe = (person) => [person.real_name || person.name, person.title, standing(person)].filter(Boolean).join(', ');
