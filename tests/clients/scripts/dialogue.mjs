// A client that stays: each line of the input is something to do, each line of the output what came of it, or what the server said by itself.
// ROUND: { url, key, sdk: 1 or 2, era?, name? }. In: {"list":true}, {"call":{name,arguments}}. Out: {"ready":…}, {"did":…}, {"failed":…}, {"heard":method}.
import { createInterface } from 'node:readline';

const { url, key, sdk, era, name } = JSON.parse(process.env.ROUND);
const say = (what) => process.stdout.write(JSON.stringify(what) + '\n');
const changed = 'notifications/tools/list_changed';
const init = { requestInit: { headers: { Authorization: `Bearer ${key}` } } };
const info = { name: name ?? 'dialogue', version: '1' };

async function first() {
  const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const { ToolListChangedNotificationSchema } = await import('@modelcontextprotocol/sdk/types.js');
  const client = new Client(info, { capabilities: {} });
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => say({ heard: changed }));
  await client.connect(new StreamableHTTPClientTransport(new URL(url), init));
  return client;
}

async function second() {
  const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  const client = new Client(info, { capabilities: {}, versionNegotiation: { mode: era === 'legacy' || era === 'auto' ? era : { pin: era } } });
  client.setNotificationHandler(changed, () => say({ heard: changed }));
  await client.connect(new StreamableHTTPClientTransport(new URL(url), init));
  if (client.getProtocolEra?.() !== 'legacy' && era !== 'legacy') {
    await client.listen({ toolsListChanged: true });
  }
  return client;
}

const client = await (sdk === 1 ? first() : second());
say({ ready: client.getInstructions?.() ?? '' });
for await (const line of createInterface({ input: process.stdin })) {
  const { list, call } = JSON.parse(line);
  try {
    say({ did: list ? (await client.listTools()).tools : await client.callTool(call) });
  } catch (error) {
    say({ failed: { code: error.code, message: String(error.message) } });
  }
}
await client.close();
process.exit(0);
