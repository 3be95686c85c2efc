// All select menus: where their options come from, what is selected, what a new selection does.
import { address, changed, current } from './act.js';
import { post } from './api.js';
import { words } from './objects.js';
import { Select } from './select.js';
import { channelName, state } from './state.js';

const SOURCES = {
  static_select: (spec) => listed(spec),
  external_select: (spec, ctx) => asked(spec, ctx),
  users_select: () => now([{ options: people() }]),
  channels_select: () => now([{ options: channels() }]),
  conversations_select: () => now([{ label: 'Channels', options: channels() }, { label: 'People', options: people() }]),
};

export const CHOICES = Object.keys(SOURCES).flatMap((type) => [type, `multi_${type}`]);

const seen = new Map();

export function choice(spec, ctx, host, label) {
  const multi = spec.type.startsWith('multi_');
  const source = SOURCES[spec.type.replace('multi_', '')](spec, ctx);
  note(spec.initial_option, ...(spec.initial_options ?? []));
  const select = new Select({
    multi, source, label, max: spec.max_selected_items, id: ctx.fieldId, required: ctx.input && !ctx.optional,
    placeholder: words(spec.placeholder) || (multi ? 'Choose…' : 'Choose an option'),
    value: [current(spec, ctx, initial(spec, ctx))].flat().filter((v) => v != null),
    name: (value) => seen.get(value) ?? source.name?.(value) ?? channelOrPerson(value),
    minimum: spec.type.includes('external') ? spec.min_query_length ?? 3 : 0,
    onChange: (values) => changed(spec, ctx, multi ? values : values[0] ?? null, host),
  });
  return select.root;
}

function initial(spec, ctx) {
  if (spec.default_to_current_conversation && !spec.initial_conversation) return here(spec, ctx);
  return spec.initial_options?.map((o) => o.value) ?? spec.initial_option?.value
    ?? spec.initial_users ?? spec.initial_user ?? spec.initial_channels ?? spec.initial_channel
    ?? spec.initial_conversations ?? spec.initial_conversation ?? null;
}

// The server does not know which conversation is open, so the value counts as entered.
function here(spec, ctx) {
  const value = spec.type.startsWith('multi_') ? [state.route.channel] : state.route.channel;
  ctx.values.set(ctx.block_id, spec, value);
  return value;
}

export function note(...options) {
  for (const option of options) if (option?.value) seen.set(option.value, words(option.text));
}

const asOption = (option) => ({ value: option.value, label: words(option.text), description: words(option.description) });

function groupsOf(spec) {
  if (spec.option_groups) return spec.option_groups.map((g) => ({ label: words(g.label), options: g.options.map(asOption) }));
  return [{ options: (spec.options ?? []).map(asOption) }];
}

const now = (groups) => ({
  find: async (query) => narrowed(groups, query),
  name: (value) => groups.flatMap((g) => g.options).find((o) => o.value === value)?.label,
});

const listed = (spec) => now(groupsOf(spec));

function narrowed(groups, query) {
  const wanted = query.trim().toLowerCase();
  const hit = (o) => `${o.label} ${o.description ?? ''}`.toLowerCase().includes(wanted);
  return groups.map((g) => ({ ...g, options: g.options.filter(hit) })).filter((g) => g.options.length);
}

function asked(spec, ctx) {
  return {
    async find(query) {
      const answer = await post('options', { ...address(ctx), block_id: ctx.block_id, action_id: spec.action_id, value: query });
      if (answer.ok === false) throw new Error(answer.error);
      const groups = groupsOf(answer);
      groups.flatMap((g) => g.options).forEach((o) => seen.set(o.value, o.label));
      return groups;
    },
  };
}

const people = () => [...state.people.values()].filter((p) => !p.deleted && !p.is_stranger)
  .map((p) => ({ value: p.id, label: p.real_name || p.name, description: p.title }));

const channels = () => [...state.channels.values()].filter((c) => !c.is_im)
  .map((c) => ({ value: c.id, label: `#${c.name}` }));

function channelOrPerson(value) {
  if (state.channels.has(value)) return state.channels.get(value).is_im ? channelName(value) : `#${channelName(value)}`;
  return state.people.get(value)?.real_name ?? value;
}
