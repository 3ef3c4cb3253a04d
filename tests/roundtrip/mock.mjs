// A backend that knows only the document: prism judges each request, and all are kept as they came.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

/** What prism logs is of no use here. */
const quiet = () => {};
const logger = { info: quiet, warn: quiet, error: quiet, debug: quiet, success: quiet, trace: quiet, child: () => logger };

/** Answers every request that has a route with an empty object: a mocked answer would judge the document, not the request. */
const mock = () => () => ({ _tag: "Right", right: { statusCode: 200, headers: {}, body: {} } });

/** Whether `found` takes an empty text that was sent for one that was not; prism knows no difference. */
function isEmptyButThere(found, query, headers, body) {
  if (found.code !== "required") return false;
  const name = /required property '([^']*)'/.exec(found.message)?.[1];
  const [place] = found.path ?? [];
  return (place === "query" && query[name] === "") || (place === "header" && headers[name] === "") || (!found.path?.length && body.length > 0);
}

/** A listening mock of a document. */
export class Mock {
  /** The requests since the last `take`, with prism's verdicts. */
  #seen = [];
  /** How many requests prism could not judge because it failed itself. */
  unjudged = 0;

  static async start(modules, document) {
    const require = createRequire(join(modules, "roundtrip.cjs"));
    const { createInstance, getHttpOperationsFromSpec } = require("@stoplight/prism-http");
    const self = new Mock();
    self.operations = await getHttpOperationsFromSpec(document);
    const config = { isProxy: false, checkSecurity: true, validateRequest: true, validateResponse: false, errors: false, mock: { dynamic: false } };
    self.prism = createInstance(config, { logger, mock });
    self.server = createServer((request, reply) => {
      const chunks = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", async () => {
        const body = Buffer.concat(chunks);
        const verdicts = await self.#judge(request, body);
        self.#seen.push({ method: request.method, url: request.url, headers: request.headers, body, verdicts });
        reply.setHeader("content-type", "application/json");
        reply.end("{}");
      });
    });
    await new Promise((resolve) => self.server.listen(0, "127.0.0.1", resolve));
    self.url = `http://127.0.0.1:${self.server.address().port}`;
    return self;
  }

  async #judge(request, body) {
    const url = new URL(request.url, "http://mock.invalid");
    const query = {};
    for (const name of url.searchParams.keys()) {
      const values = url.searchParams.getAll(name);
      query[name] = values.length === 1 ? values[0] : values;
    }
    const type = request.headers["content-type"] ?? "";
    let parsed = body.length === 0 ? null : body.toString(/^multipart\//i.test(type) ? "latin1" : "utf8");
    if (parsed !== null && /^application\/(json|[^;]*\+json)\b/i.test(type)) {
      try {
        parsed = JSON.parse(parsed);
      } catch (error) {
        return [{ kind: "body:syntax", message: String(error) }];
      }
    }
    const input = { method: request.method.toLowerCase(), url: { path: url.pathname, query }, headers: request.headers, body: parsed };
    let result;
    try {
      result = await this.prism.request(input, this.operations)();
    } catch (error) {
      // Its own fault: no verdict at all.
      this.unjudged += 1;
      return [];
    }
    if (result._tag === "Left") {
      const problem = result.left;
      return [{ kind: `route:${String(problem.name).split("#").pop()}`, message: `${problem.message} ${problem.detail ?? ""}` }];
    }
    return result.right.validations.input
      .filter((found) => found.severity === 0 && !isEmptyButThere(found, query, request.headers, body))
      .map((found) => ({
        kind: found.code === 401 ? "security" : `${(found.path ?? []).map((part) => (Number.isInteger(Number(part)) ? "*" : part)).join(".")}:${found.code}`,
        message: found.message,
      }));
  }

  /** The requests since the last time. */
  take() {
    return this.#seen.splice(0);
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}
