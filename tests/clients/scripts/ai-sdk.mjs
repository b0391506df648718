// The AI SDK's client, which speaks the current revision first. It has no progress and no sampling.
import { createMCPClient, ElicitationRequestSchema } from '@ai-sdk/mcp';
import { exercise } from './exercise.mjs';

await exercise(async ({ url, key }, handlers) => {
  const client = await createMCPClient({ transport: { type: 'http', url, headers: { Authorization: `Bearer ${key}` } }, capabilities: { elicitation: {} } });
  client.onElicitationRequest(ElicitationRequestSchema, (request) => handlers.elicit(request.params));
  return {
    version: () => client.initializeResult.protocolVersion,
    tools: async () => {
      const tools = (await client.listTools()).tools;
      const made = await client.tools();
      return tools.filter((tool) => made[tool.name]);
    },
    resources: async () => (await client.listResources()).resources,
    prompts: async () => (await client.listPrompts()).prompts,
    call: (what) => client.callTool(what),
    read: (uri) => client.readResource({ uri }),
    get: (what) => client.getPrompt(what),
    close: () => client.close(),
  };
});
