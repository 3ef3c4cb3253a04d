// @modelcontextprotocol/sdk 1.x: agent1.mjs TARGET MODE STEPS, with a URL or a command as target.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { drive } from "./steps.mjs";

const [target] = process.argv.slice(2);
let version = "";
const transport = target.startsWith("http")
  ? new StreamableHTTPClientTransport(new URL(target))
  : new StdioClientTransport({ command: target, args: [], env: { ...process.env } });
// Both ends are told what was agreed on; on stdio the transport does not keep it.
const agreed = transport.setProtocolVersion?.bind(transport);
transport.setProtocolVersion = (told) => {
  version = told;
  agreed?.(told);
};
const client = new Client({ name: "test", version: "0" }, { capabilities: {} });
await client.connect(transport);
await drive(client, () => version);
await client.close();
