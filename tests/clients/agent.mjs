// Lists the tools of an MCP server on stdio and calls some, as an agent's host does.
import assert from "node:assert";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

let tools;
for (const mode of ["auto", "legacy"]) {
  const client = new Client({ name: "test", version: "0" }, { capabilities: {}, versionNegotiation: { mode } });
  await client.connect(new StdioClientTransport({ command: process.argv[2], args: [], env: { ...process.env } }));
  ({ tools } = await client.listTools());
  const call = (name, args = {}) => client.callTool({ name, arguments: args });

  const started = await call("trigger_data_loading", { symbol: "AAPL", mode: "local" });
  assert(!started.isError, started.content[0].text);
  const { operation_id } = JSON.parse(started.content[0].text);
  assert(!(await call("get_operation_status", { operation_id })).isError);
  for (const tool of ["list_operations", "list_trained_models", "check_backend_health"]) {
    assert(!(await call(tool)).isError, tool);
  }
  const refused = await call("list_operations", { limit: 1000 });
  assert(refused.isError && refused.content[0].text.includes("limit"));
  const unknown = await call("get_operation_status", { operation_id: "op_none" });
  assert(unknown.isError && JSON.parse(unknown.content[0].text).status_code === 404);
  await client.close();
}
console.log(`${tools.length} tools, all as expected`);
