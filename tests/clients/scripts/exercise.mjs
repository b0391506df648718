// One round through everything that a client does, with whatever client it is; what came of it goes to the output as one line of JSON.
// ROUND: { url, key, era?, call, progress, link, elicit } with { name, arguments } each, read: a URI, get: { name, arguments }. What is absent is left out.

const round = JSON.parse(process.env.ROUND);
const answer = { action: 'accept', content: { name: 'Ada', check: true, integer: 7 } };

/** connect(round, handlers) gives { version, tools, resources, prompts, call, read, get, close }; handlers: elicit(params) and sample(params). */
export async function exercise(connect) {
  const report = { asked: [] };
  const client = await connect(round, {
    elicit: async (params) => { report.asked.push(params.message); return answer; },
    sample: async (params) => {
      report.asked.push(params.messages[0].content.text);
      return { role: 'assistant', model: 'test-model', content: { type: 'text', text: 'sampled' } };
    },
  });
  report.version = client.version?.() ?? null;
  report.tools = (await client.tools()).map((tool) => tool.name);
  report.resources = (await client.resources()).map((resource) => resource.uri);
  report.prompts = (await client.prompts()).map((prompt) => prompt.name);
  report.called = await client.call(round.call);
  if (round.progress) {
    report.progress = [];
    report.afterProgress = await client.call(round.progress, (progress) => report.progress.push(progress.progress));
  }
  report.read = await client.read(round.read);
  report.got = await client.get(round.get);
  for (const question of round.questions ?? []) {
    (report.answered ??= []).push(await client.call(question));
  }
  report.together = (await Promise.all(Array.from({ length: 20 }, (_, i) => client.call({ ...round.call, arguments: { message: `<${i}>` } }))))
    .every((result, i) => JSON.stringify(result).includes(`<${i}>`));
  report.unknown = await client.call({ name: 'no-such-tool', arguments: {} }).then((result) => result, (error) => ({ code: error.code, message: String(error.message) }));
  await client.close();
  report.closed = true;
  process.stdout.write(JSON.stringify(report) + '\n');
}
