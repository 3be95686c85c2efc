// What the page knows, and a bus that tells the panes when it changed.

export const state = {
  as: null,
  since: '',
  me: null,
  team: null,
  people: new Map(),
  groups: new Map(),
  channels: new Map(),
  app: null,
  hints: [],
  route: { channel: null, tab: 'messages', ts: null },
  thread: null,
};

const topics = new Map();

export function on(topic, fn) {
  if (!topics.has(topic)) topics.set(topic, []);
  topics.get(topic).push(fn);
}

export function emit(topic, detail) {
  for (const fn of topics.get(topic) ?? []) fn(detail);
}

export function absorb(boot) {
  const byId = (list) => new Map((list ?? []).map((x) => [x.id, x]));
  state.team = boot.team ?? state.team;
  state.people = byId(boot.people);
  state.groups = byId(boot.usergroups);
  state.channels = byId(boot.channels);
  state.app = boot.app ?? null;
  state.hints = boot.hints ?? [];
  const me = boot.me?.id ?? boot.me ?? state.as;
  state.me = state.people.get(me) ?? null;
}

export const personName = (id) => {
  const person = state.people.get(id);
  if (person) return person.real_name || person.name;
  return state.app?.user_id === id ? state.app.name : id;
};

export const channelName = (id) => {
  const channel = state.channels.get(id);
  if (!channel) return id;
  return channel.is_im ? personName(channel.user) : channel.name;
};

export const isApp = (id) => Boolean(id) && id === state.app?.user_id;

export const appChannel = () =>
  [...state.channels.values()].find((c) => c.is_im && isApp(c.user)) ?? null;

// localStorage may be refused (private windows): the page must work without it.
export const memory = {
  get(key) { try { return localStorage.getItem(`station.${key}`); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(`station.${key}`, value); } catch { /* not kept */ } },
};
