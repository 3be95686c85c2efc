// A Bolt app for Node, as anybody would write it; ../python_app.py is its twin.
const { App } = require('@slack/bolt');

const env = process.env;
const http = env.APP_PORT !== undefined;
const app = new App({
  token: env.SLACK_BOT_TOKEN,
  clientOptions: { slackApiUrl: env.SLACK_API_URL },
  ...(http
    ? { signingSecret: env.SLACK_SIGNING_SECRET }
    : { socketMode: true, appToken: env.SLACK_APP_TOKEN }),
});

const plain = (text) => ({ type: 'plain_text', text });

const name = {
  type: 'input',
  block_id: 'name',
  label: plain('Name'),
  element: { type: 'plain_text_input', action_id: 'text' },
};

const fruit = {
  type: 'section',
  block_id: 'fruit',
  text: plain('Fruit'),
  accessory: { type: 'external_select', action_id: 'fruit', min_query_length: 1 },
};

const place = {
  type: 'input',
  block_id: 'place',
  optional: true,
  label: plain('Where'),
  element: { type: 'conversations_select', action_id: 'where', response_url_enabled: true },
};

const form = (title, blocks) => ({
  type: 'modal',
  callback_id: 'form',
  notify_on_close: true,
  title: plain(title),
  submit: plain('Send'),
  blocks,
});

const button = (text, id) => ({ type: 'button', text: plain(text), action_id: id, value: id });

const choice = {
  type: 'actions',
  block_id: 'choice',
  elements: [button('Approve', 'approve'), button('Replace', 'replace'), button('Edit', 'edit')],
};

app.command('/say', async ({ ack, command }) => {
  await ack(`You said ${command.text}`);
});

app.command('/tell', async ({ ack, command }) => {
  await ack({ response_type: 'in_channel', text: `Told: ${command.text}` });
});

app.command('/form', async ({ ack, command, client }) => {
  await ack();
  await client.views.open({
    trigger_id: command.trigger_id,
    view: form('Form', [name, fruit, place]),
  });
});

app.command('/ask', async ({ ack, command, client }) => {
  await ack();
  await client.chat.postMessage({ channel: command.channel_id, text: 'Deploy?', blocks: [choice] });
});

app.action('approve', async ({ ack, body, client }) => {
  await ack();
  const [channel, ts, user] = [body.channel.id, body.message.ts, body.user.id];
  await client.chat.update({ channel, ts, text: `Approved by <@${user}>` });
  await client.chat.postMessage({ channel, thread_ts: ts, text: 'Deploying' });
  await client.chat.postEphemeral({ channel, user, text: 'Thank you' });
});

app.action('replace', async ({ ack, respond }) => {
  await ack();
  await respond({ replace_original: true, text: 'Replaced' });
});

app.action('edit', async ({ ack, body, client }) => {
  await ack();
  await client.views.open({ trigger_id: body.trigger_id, view: form('Edit', [name]) });
});

app.action('fruit', async ({ ack, body, client }) => {
  await ack();
  const picked = body.actions[0].selected_option.value;
  await client.chat.postMessage({ channel: body.user.id, text: `Picked ${picked}` });
});

app.options('fruit', async ({ ack, payload }) => {
  const found = ['apple', 'apricot', 'banana'].filter((one) => one.startsWith(payload.value));
  await ack({ options: found.map((one) => ({ text: plain(one), value: one })) });
});

app.view('form', async ({ ack, view, body, client }) => {
  const given = view.state.values.name.text.value;
  const answers = {
    taken: { response_action: 'errors', errors: { name: 'Taken' } },
    more: { response_action: 'push', view: form('More', [name]) },
    other: { response_action: 'update', view: form('Other', [name]) },
    all: { response_action: 'clear' },
  };
  await ack(answers[given]);
  if (answers[given]) return;
  await client.chat.postMessage({ channel: body.user.id, text: `Hello ${given}` });
  for (const { response_url } of body.response_urls) {
    await fetch(response_url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ response_type: 'in_channel', text: `${given} was here` }),
    });
  }
});

app.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack, body, client }) => {
  await ack();
  await client.chat.postMessage({ channel: body.user.id, text: `Closed, all: ${body.is_cleared}` });
});

app.shortcut('open', async ({ ack, shortcut, client }) => {
  await ack();
  await client.views.open({ trigger_id: shortcut.trigger_id, view: form('Shortcut', [name]) });
});

app.shortcut('quote', async ({ ack, shortcut, respond }) => {
  await ack();
  await respond(`Quoted: ${shortcut.message.text}`);
});

app.event('app_home_opened', async ({ event, client }) => {
  const blocks = [{ type: 'section', text: plain(`Welcome, ${event.user}`) }];
  await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
});

app.event('app_mention', async ({ event, context, say }) => {
  await say({ text: `You called (${context.retryNum || 0})`, thread_ts: event.ts });
});

app.message(async ({ message, say }) => {
  if (message.channel_type === 'im' && !message.subtype) await say(`Echo: ${message.text}`);
});

app.event('user_change', async ({ event, client }) => {
  await client.chat.postMessage({ channel: 'C0OPS', text: `${event.user.id} has changed` });
});

app.event('member_joined_channel', async ({ event, client }) => {
  await client.chat.postMessage({ channel: event.channel, text: `Welcome, ${event.user}` });
});

app.start(http ? Number(env.APP_PORT) : undefined);
