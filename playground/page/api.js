// The page API of the playground: JSON calls and one event stream.
import { emit, state } from './state.js';

async function call(url, init) {
  try {
    const answer = await fetch(url, init);
    const body = await answer.json().catch(() => null);
    return body ?? { ok: false, error: `the playground answered HTTP ${answer.status}` };
  } catch {
    return { ok: false, error: 'the playground does not answer', offline: true };
  }
}

export function get(name, params = {}) {
  const query = new URLSearchParams(Object.entries(params).filter(([, v]) => v != null));
  return call(`/_play/${name}?${query}`);
}

export function post(name, body = {}) {
  return call(`/_play/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ as: state.as, ...body }),
  });
}

export function upload(file) {
  const query = new URLSearchParams({ as: state.as, name: file.name });
  return call(`/_play/upload?${query}`, { method: 'POST', body: file });
}

let stream = null;
let retry = null;

// After a lost connection the panes fetch again: events may have been missed.
export function connect() {
  disconnect();
  let lost = false;
  stream = new EventSource(`/_play/events?as=${encodeURIComponent(state.as)}`);
  stream.onopen = () => {
    emit('online', true);
    if (lost) emit('refetch');
    lost = false;
  };
  stream.onmessage = (event) => {
    const data = parse(event.data);
    if (data?.type) emit(`play:${data.type}`, data);
  };
  stream.onerror = () => {
    lost = true;
    emit('online', false);
    if (stream.readyState === EventSource.CLOSED) reconnectSoon();
  };
}

function reconnectSoon() {
  clearTimeout(retry);
  retry = setTimeout(() => { connect(); emit('refetch'); }, 1500);
}

export function disconnect() {
  clearTimeout(retry);
  stream?.close();
  stream = null;
}

function parse(text) {
  try { return JSON.parse(text); } catch { return null; }
}
