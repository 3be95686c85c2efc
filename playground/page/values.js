// What people entered in controls, per message or view, so that redraws and stack moves do not lose it.

const stores = new Map();

export function valuesOf(key) {
  if (!stores.has(key)) stores.set(key, new Values());
  return stores.get(key);
}

class Values {
  constructor() { this.entered = new Map(); }

  get(block, spec) { return this.entered.get(place(block, spec)); }

  set(block, spec, value) { this.entered.set(place(block, spec), value); }

  // The server's view state fills what was not entered here.
  seed(state) {
    for (const [block, actions] of Object.entries(state?.values ?? {})) {
      for (const [action, found] of Object.entries(actions)) {
        const value = plain(found);
        const spec = { action_id: action, type: found.type };
        if (this.get(block, spec) === undefined && value !== undefined) this.set(block, spec, value);
      }
    }
  }
}

// As in Slack, a value belongs to its block, action and type of element.
const place = (block, spec) => `${block}\n${spec.action_id}\n${spec.type}`;

const SINGLE = ['value', 'selected_user', 'selected_channel', 'selected_conversation', 'selected_date', 'selected_time', 'rich_text_value'];
const MULTI = ['selected_users', 'selected_channels', 'selected_conversations'];

function plain(found) {
  if ('selected_option' in found) return found.selected_option?.value ?? null;
  if ('selected_options' in found) return found.selected_options.map((o) => o.value);
  if ('selected_date_time' in found) return found.selected_date_time == null ? null : String(found.selected_date_time);
  if ('files' in found) return found.files.map((file) => file.id);
  const name = [...SINGLE, ...MULTI].find((key) => key in found);
  return name ? found[name] : undefined;
}

// The options inside a state carry the words of external choices.
export function* optionsIn(state) {
  for (const actions of Object.values(state?.values ?? {})) {
    for (const found of Object.values(actions)) {
      if (found.selected_option) yield found.selected_option;
      yield* found.selected_options ?? [];
    }
  }
}
