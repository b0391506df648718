// The official TypeScript SDK, first generation: up to 2025-11-25. With VIA=stdio by way of mcp-remote, as a desktop client starts it.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CallToolResultSchema, CreateMessageRequestSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { fileURLToPath } from 'node:url';
import { exercise } from './exercise.mjs';

await exercise(async ({ url, key }, handlers) => {
  const transport = process.env.VIA === 'stdio'
    ? new StdioClientTransport({
      command: process.execPath,
      args: [fileURLToPath(new URL('../node_modules/mcp-remote/dist/proxy.js', import.meta.url)), url, '--allow-http', '--transport', 'http-only', '--header', 'Authorization: Bearer ${KEY}'],
      env: { ...process.env, KEY: key },
      stderr: 'ignore',
    })
    : new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { Authorization: `Bearer ${key}` } } });
  const client = new Client({ name: 'sdk-1', version: '1' }, { capabilities: { elicitation: { form: {} }, sampling: {} } });
  client.setRequestHandler(ElicitRequestSchema, (request) => handlers.elicit(request.params));
  client.setRequestHandler(CreateMessageRequestSchema, (request) => handlers.sample(request.params));
  await client.connect(transport);
  return {
    version: () => transport.protocolVersion,
    tools: async () => (await client.listTools()).tools,
    resources: async () => (await client.listResources()).resources,
    prompts: async () => (await client.listPrompts()).prompts,
    call: (what, onprogress) => client.callTool(what, CallToolResultSchema, onprogress ? { onprogress } : {}),
    read: (uri) => client.readResource({ uri }),
    get: (what) => client.getPrompt(what),
    close: async () => {
      await transport.terminateSession?.();
      await client.close();
    },
  };
});
