// What a control does when it is used: tell the server, show that it is busy, show what went wrong.
import { post } from './api.js';
import { confirmed } from './confirm.js';

export function address(ctx) {
  return ctx.view_id ? { view_id: ctx.view_id } : { channel: ctx.channel, ts: ctx.ts };
}

export async function act(spec, ctx, value, host) {
  if (spec.confirm && !(await confirmed(spec.confirm))) return false;
  busy(host, true);
  const answer = await post('action', { ...address(ctx), block_id: ctx.block_id, action_id: spec.action_id, value });
  busy(host, false);
  complain(host, answer.ok === false ? answer.error || 'something went wrong' : '');
  return answer.ok !== false;
}

function busy(host, on) {
  host.classList.toggle('is-busy', on);
  const control = host.querySelector('button, input, textarea');
  if (on) control?.setAttribute('aria-busy', 'true');
  else control?.removeAttribute('aria-busy');
}

export function complain(host, sentence) {
  const slot = host.querySelector('.control-error');
  if (!slot) return;
  slot.textContent = sentence;
  clearTimeout(slot.timer);
  if (sentence) slot.timer = setTimeout(() => { slot.textContent = ''; }, 12000);
}

// A changed value: inputs are only remembered, everything else acts at once.
export function changed(spec, ctx, value, host) {
  ctx.values.set(ctx.block_id, spec, value);
  host.dispatchEvent(new CustomEvent('control-changed', { bubbles: true }));
  if (!ctx.input) return act(spec, ctx, value, host);
  if (ctx.dispatch) return waitsForEnter(spec) ? null : act(spec, ctx, value, host);
  return ctx.view_id ? remember(spec, ctx, value) : null;
}

const TYPED = new Set(['plain_text_input', 'number_input', 'email_text_input', 'url_text_input', 'rich_text_input']);

export const triggers = (spec) => spec.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];

const waitsForEnter = (spec) => TYPED.has(spec.type) && !triggers(spec).includes('on_character_entered');

function remember(spec, ctx, value) {
  return post('state', { view_id: ctx.view_id, block_id: ctx.block_id, action_id: spec.action_id, value });
}

export function current(spec, ctx, initial) {
  const known = ctx.values.get(ctx.block_id, spec);
  return known === undefined ? initial : known;
}
