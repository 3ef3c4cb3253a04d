// Calls every tool of a generated server with arguments made from its schema, and prints what the
// document's own mock, and a second reading of the document, say of the requests: one JSON object a line.
//
// node drive.mjs MODULES DOCUMENT SERVER TOOLS SEED MOST
//   MODULES  the folder whose node_modules has prism
//   TOOLS    the file with `toolwright tools --format json`, for the operation behind each tool
//   MOST     how many sets of arguments a tool is called with at most
import { readFileSync } from "node:fs";
import { Arguments } from "./arguments.mjs";
import { Expectation } from "./expect.mjs";
import { Server } from "./mcp.mjs";
import { Mock } from "./mock.mjs";

const [modules, document, binary, list, seed, most] = process.argv.slice(2);
process.on("unhandledRejection", (error) => {
  console.error(error);
  process.exit(2);
});

const endpoints = new Map(JSON.parse(readFileSync(list)).systems[0].tools.map((tool) => [tool.name, tool]));
const mock = await Mock.start(modules, document);
const environment = Object.fromEntries((process.env.ROUNDTRIP_ENV ?? "").split(",").filter(Boolean).map((name) => [name, secret(name)]));
const server = await Server.start(binary, { PATH: process.env.PATH, NO_PROXY: "127.0.0.1", ROUNDTRIP_API_URL: mock.url, ...environment });
const args = new Arguments(modules, Number(seed));
const expectation = new Expectation(modules);
const counts = { tools: 0, calls: 0, requests: 0 };

for (const tool of await server.tools()) {
  counts.tools++;
  const { method, path } = endpoints.get(tool.name);
  const operation = mock.operations.find((one) => one.method.toUpperCase() === method && one.path === path);
  let sets = 0;
  for (const [set, values] of args.sets(tool, Number(most))) {
    sets++;
    counts.calls++;
    const report = (found, request) => console.log(JSON.stringify({ operation: `${method} ${path}`, tool: tool.name, set, ...found, arguments: short(values), request: request && shown(request) }));
    let answer;
    try {
      answer = await server.call(tool.name, values);
    } catch (error) {
      report({ kind: "server:error", message: error.message });
      if (server.gone) process.exit(2);
      continue;
    }
    const requests = mock.take();
    counts.requests += requests.length;
    if (requests.length === 0 && !policy(answer)) report({ kind: answer.isError ? "server:refused" : "server:silent", message: answer.text.slice(0, 400) });
    for (const request of requests) {
      for (const found of request.verdicts) report(found, request);
      if (!operation) report({ kind: "mock:unknown", message: "the mock does not have the operation" }, request);
      else for (const found of await expectation.differences(operation, values, request)) report(found, request);
    }
  }
  if (sets === 0) console.log(JSON.stringify({ operation: `${method} ${path}`, tool: tool.name, kind: "arguments:none", message: "no arguments could be made from the schema" }));
}
await server.close();
await mock.close();
console.log(JSON.stringify({ kind: "done", ...counts, unjudged: mock.unjudged }));
process.exit(0);

function secret(name) {
  return /USER/.test(name) ? "user" : "secret";
}

function short(values) {
  const text = JSON.stringify(values);
  return text.length <= 600 ? text : `${text.slice(0, 600)}…`;
}

function shown(request) {
  const { host, connection, "user-agent": agent, accept, "accept-encoding": encoding, ...headers } = request.headers;
  return `${request.method} ${request.url.slice(0, 600)} ${JSON.stringify(headers).slice(0, 400)} ${request.body.toString("utf8").slice(0, 400)}`;
}

/** What no request can say is refused, whatever the document's schema allows: an empty segment of a path. */
function policy({ isError, text }) {
  if (!isError) return false;
  return /must not be (empty|an empty \w+) in a path/.test(text);
}
