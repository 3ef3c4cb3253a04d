// @modelcontextprotocol/client: agent.mjs TARGET MODE STEPS, with a URL or a command as target.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { drive } from "./steps.mjs";

const [target, mode] = process.argv.slice(2);
const transport = target.startsWith("http")
  ? new StreamableHTTPClientTransport(new URL(target))
  : new StdioClientTransport({ command: target, args: [], env: { ...process.env } });
const client = new Client({ name: "test", version: "0" }, { capabilities: {}, versionNegotiation: { mode } });
await client.connect(transport);
await drive(client, () => String(client.getNegotiatedProtocolVersion?.() ?? ""));
await client.close();
