// MCP on stdio, line by line: no library, so that nothing between the test and the server is shared with it.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A running MCP server. */
export class Server {
  #pending = new Map();
  #next = 1;

  /** Starts `binary` with `env` and shakes hands. */
  static async start(binary, env) {
    const server = new Server();
    server.process = spawn(binary, [], { env, stdio: ["pipe", "pipe", "pipe"] });
    server.said = "";
    server.process.stderr.on("data", (data) => { server.said = (server.said + data).slice(-4000); });
    server.process.stdin.on("error", () => {});
    createInterface({ input: server.process.stdout }).on("line", (line) => {
      const message = JSON.parse(line);
      server.#pending.get(message.id)?.(message);
      server.#pending.delete(message.id);
    });
    server.ended = new Promise((resolve) => server.process.on("exit", (code) => {
      for (const answer of server.#pending.values()) {
        answer({ error: { message: `the server ended (${code}): ${server.said}` } });
      }
      server.#pending.clear();
      server.gone = true;
      resolve(code);
    }));
    server.process.on("error", (error) => { throw error; });
    await server.ask("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "roundtrip", version: "0" },
    });
    server.#send({ jsonrpc: "2.0", method: "notifications/initialized" });
    return server;
  }

  #send(message) {
    this.process.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** Sends a request; its result, or an error that says what came instead. */
  async ask(method, params) {
    if (this.gone) throw new Error(`the server has ended: ${this.said}`);
    const id = this.#next++;
    const message = await new Promise((resolve) => {
      this.#pending.set(id, resolve);
      this.#send({ jsonrpc: "2.0", id, method, params });
    });
    if (message.error) throw new Error(message.error.message);
    return message.result;
  }

  /** All tools. */
  async tools() {
    const tools = [];
    let cursor;
    do {
      const page = await this.ask("tools/list", cursor ? { cursor } : {});
      tools.push(...page.tools);
      cursor = page.nextCursor;
    } while (cursor);
    return tools;
  }

  /** Calls a tool. */
  async call(name, args) {
    const { isError, content } = await this.ask("tools/call", { name, arguments: args });
    return { isError: isError === true, text: content.map((part) => part.text ?? "").join("") };
  }

  /** Closes its input and waits for its end. */
  async close() {
    this.process.stdin.end();
    await this.ended;
  }
}
