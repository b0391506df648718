// The official TypeScript SDK, second generation: ERA is legacy (its default), auto, or a revision to be pinned.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { exercise } from './exercise.mjs';

await exercise(async ({ url, key, era }, handlers) => {
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { Authorization: `Bearer ${key}` } } });
  const client = new Client(
    { name: 'sdk-2', version: '1' },
    { capabilities: { elicitation: { form: {} }, sampling: {} }, versionNegotiation: { mode: era === 'legacy' || era === 'auto' ? era : { pin: era } } });
  client.setRequestHandler('elicitation/create', (request) => handlers.elicit(request.params));
  client.setRequestHandler('sampling/createMessage', (request) => handlers.sample(request.params));
  await client.connect(transport);
  return {
    version: () => client.getNegotiatedProtocolVersion(),
    tools: async () => (await client.listTools()).tools,
    resources: async () => (await client.listResources()).resources,
    prompts: async () => (await client.listPrompts()).prompts,
    call: (what, onprogress) => client.callTool(what, onprogress ? { onprogress } : {}),
    read: (uri) => client.readResource({ uri }),
    get: (what) => client.getPrompt(what),
    close: () => client.close(),
  };
});
