// Files added to a form: each is handed to the workspace at once, the form carries their ids.
import { changed, complain, current } from './act.js';
import { upload } from './api.js';
import { clear, h } from './dom.js';
import { icon } from './icons.js';

const known = new Map();

// Names of what was added before the page was opened.
export function noteFiles(viewState) {
  for (const actions of Object.values(viewState?.values ?? {})) {
    for (const found of Object.values(actions)) for (const file of found.files ?? []) known.set(file.id, file);
  }
}

export function fileInput(spec, ctx, host, label) {
  let chosen = current(spec, ctx, []) ?? [];
  const list = h('ul', { class: 'added', 'aria-label': `${label}: added` });
  const box = h('input', {
    class: 'field', type: 'file', 'aria-label': label, multiple: (spec.max_files ?? 10) > 1,
    accept: (spec.filetypes ?? []).map((type) => `.${type}`).join(',') || null, on: { change: add },
  });
  async function add() {
    const answers = await Promise.all([...box.files].map(upload));
    box.value = '';
    const refused = answers.find((answer) => !answer.ok);
    if (refused) return complain(host, refused.error);
    for (const { file } of answers) known.set(file.id, file);
    return choose([...chosen, ...answers.map(({ file }) => file.id)]);
  }
  async function choose(wanted) {
    const answer = await changed(spec, ctx, wanted, host);
    const taken = answer?.ok !== false;
    if (taken) chosen = wanted;
    else ctx.values.set(ctx.block_id, spec, chosen);
    complain(host, taken ? '' : answer.error);
    draw();
  }
  function draw() {
    clear(list, chosen.map((id) => h('li', { class: 'chip' }, known.get(id)?.name ?? id,
      h('button', { type: 'button', class: 'chip-drop', 'aria-label': `Remove ${known.get(id)?.name ?? id}`, on: { click: () => choose(chosen.filter((one) => one !== id)) } }, icon('close', 12)))));
    list.hidden = !chosen.length;
  }
  draw();
  return h('div', { class: 'files' }, list, box);
}
