// Drives a connected client of either TypeScript library; prints an answer for each step, a JSON object
// a line.
export async function drive(client, version) {
  for (const step of JSON.parse(process.argv[4])) {
    let answer;
    try {
      const [error, text] = await take(client, step);
      answer = { error, text };
    } catch (problem) {
      answer = { error: true, text: String(problem) };
    }
    console.log(JSON.stringify({ ...answer, version: version() }));
  }
}

async function take(client, { do: what, of: name, arguments: given = {} }) {
  switch (what) {
    case "tools":
      return [false, (await client.listTools()).tools.map((tool) => tool.name).join(" ")];
    case "prompts":
      return [false, (await client.listPrompts()).prompts.map((prompt) => prompt.name).join(" ")];
    case "resources":
      return [false, (await client.listResources()).resources.map((one) => one.uri).join(" ")];
    case "call": {
      const result = await client.callTool({ name, arguments: given });
      return [result.isError === true, JSON.stringify(result)];
    }
    case "prompt":
      return [false, JSON.stringify(await client.getPrompt({ name, arguments: given }))];
    case "read":
      return [false, JSON.stringify(await client.readResource({ uri: name }))];
  }
  throw new Error(`no step ${what}`);
}
