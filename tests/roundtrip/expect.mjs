// What a request must look like, said a second time: by the document as prism reads it and RFC 6570 as
// `uri-template-lite` expands it, forms and multipart as Node parses them.
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { join } from "node:path";

const OPERATORS = { simple: "", label: ".", matrix: ";", form: "?" };
const primitive = (value) => ["string", "number", "boolean"].includes(typeof value);
const joinable = (value) =>
  primitive(value) ||
  (Array.isArray(value) && value.length > 0 && value.every((item) => primitive(item) && item !== "")) ||
  (isObject(value) && Object.keys(value).length > 0 && Object.values(value).every((item) => primitive(item) && item !== ""));
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** Percent-encoding with one spelling: unreserved characters plain, everything else that is no delimiter encoded. */
function canonical(raw) {
  const plain = raw.replace(/(%[0-9a-f]{2})+/gi, (run) => {
    try {
      return encodeURIComponent(decodeURIComponent(run));
    } catch {
      return run.toUpperCase();
    }
  });
  return plain.replace(/[!'()*:@$"<>^`{}|\\[\]]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A number as JavaScript writes it, any other text as it is. */
const number = (text) => (/^-?\d+(\.\d+)?e[-+]?\d+$/i.test(text) ? String(Number(text)) : text);

/** Numbers within a path as JavaScript writes them. */
const numbers = (path) => path.replace(/-?\b\d+(\.\d+)?e-\d+\b/gi, (text) => String(Number(text)));

/** `value` with the members of an object in the order of its schema, in which they are sent. */
function ordered({ schema }, value) {
  if (!isObject(value)) return value;
  const names = Object.keys(schema?.properties ?? {}).filter((name) => name in value);
  return Object.fromEntries([...names, ...Object.keys(value).filter((name) => !names.includes(name))].map((name) => [name, value[name]]));
}

/** Whether every value of a parameter stands by itself; `form` does so unless told otherwise. */
const explodes = (parameter) => parameter.explode ?? parameter.style === "form";

/** Compares requests with arguments. */
export class Expectation {
  constructor(modules) {
    const require = createRequire(join(modules, "roundtrip.cjs"));
    this.expand = require("uri-template-lite").URI.expand;
  }

  /** What of `request` is not as `operation` writes `args`: `{ kind, message }`. */
  async differences(operation, args, request) {
    const found = [];
    // One name in two places: which argument is which cannot be told from outside.
    const { path: paths = [], query: queries = [], headers = [], cookie = [] } = operation.request ?? {};
    const names = [...paths, ...queries, ...headers, ...cookie].map((parameter) => parameter.name.toLowerCase());
    if (new Set(names).size < names.length) return found;
    const differs = (kind, expected, sent) => found.push({ kind: `encoding:${kind}`, message: `expected ${expected}, sent ${sent}` });
    const [path, query = ""] = request.url.split("?");
    this.#path(operation, args, path, differs);
    this.#query(operation, args, query, differs);
    this.#headers(operation, args, request, differs);
    await this.#body(operation, args, request, differs);
    return found;
  }

  #expanded(parameter, style, value) {
    if (style === "label" && explodes(parameter) && isObject(value)) {
      // RFC 6570, section 3.2.5, which the library has with commas.
      return Object.entries(value).map(([key, item]) => `.${encodeURIComponent(key)}=${encodeURIComponent(String(item))}`).join("");
    }
    const name = /^\w+$/.test(parameter.name) ? parameter.name : "v";
    return this.expand(`{${OPERATORS[style]}${name}${explodes(parameter) ? "*" : ""}}`, { [name]: value });
  }

  #path(operation, args, sent, differs) {
    const parameters = new Map((operation.request?.path ?? []).map((parameter) => [parameter.name, parameter]));
    let known = true;
    const expected = operation.path.replace(/\{([^}]*)\}/g, (whole, name) => {
      const parameter = parameters.get(name);
      const style = parameter?.style ?? "simple";
      if (!parameter || !(name in args) || !joinable(args[name]) || !(style in OPERATORS) || (style === "matrix" && !/^\w+$/.test(name))) {
        known = false;
        return whole;
      }
      return this.#expanded(parameter, style, ordered(parameter, args[name]));
    });
    if (known && !canonical(numbers(sent)).endsWith(canonical(expected))) differs("path", expected, sent);
  }

  #query(operation, args, query, differs) {
    const sent = query === "" ? [] : query.split("&").map((pair) => pair.replaceAll("+", "%20").replace(/=(.*)$/s, (_, value) => `=${number(value)}`));
    const expected = [];
    for (const parameter of operation.request?.query ?? []) {
      if (!(parameter.name in args)) continue;
      const pairs = this.#pairs(parameter, ordered(parameter, args[parameter.name]));
      if (pairs === undefined) return;
      expected.push(...pairs.map((pair) => [parameter.name, canonical(pair)]));
    }
    const left = sent.map(canonical);
    for (const [name, pair] of expected) {
      const at = left.indexOf(pair);
      if (at < 0) differs(`query.${name}`, pair, query || "nothing");
      else left.splice(at, 1);
    }
    const keys = (operation.security ?? []).flat().filter((scheme) => scheme.in === "query").map((scheme) => scheme.name);
    const template = operation.path.split("?")[1] ?? "";
    const unasked = left.filter((pair) => !keys.includes(decodeURIComponent(pair.split("=")[0])) && !template.includes(pair));
    if (unasked.length > 0 && expected.every(([, pair]) => !unasked.includes(pair)) && found(operation, args)) {
      differs("query", "nothing more", unasked.join("&"));
    }
  }

  /** The pairs of a query parameter; `undefined` where no specification says them. */
  #pairs(parameter, value) {
    const name = encodeURIComponent(parameter.name);
    const text = (item) => encodeURIComponent(String(item));
    if (!joinable(value)) return undefined;
    switch (parameter.style) {
      case "form": {
        if (primitive(value)) return [`${name}=${text(value)}`];
        if (Array.isArray(value)) return explodes(parameter) ? value.map((item) => `${name}=${text(item)}`) : [`${name}=${value.map(text).join(",")}`];
        return explodes(parameter)
          ? Object.entries(value).map(([key, item]) => `${text(key)}=${text(item)}`)
          : [`${name}=${Object.entries(value).flat().map(text).join(",")}`];
      }
      case "deepObject":
        return isObject(value) ? Object.entries(value).map(([key, item]) => `${name}[${text(key)}]=${text(item)}`) : undefined;
      case "spaceDelimited":
      case "pipeDelimited":
      case "commaDelimited": {
        if (!Array.isArray(value) || explodes(parameter)) return Array.isArray(value) ? value.map((item) => `${name}=${text(item)}`) : undefined;
        const between = { spaceDelimited: "%20", pipeDelimited: "|", commaDelimited: "," }[parameter.style];
        return [`${name}=${value.map(text).join(between)}`];
      }
      default:
        return undefined;
    }
  }

  #headers(operation, args, request, differs) {
    for (const parameter of operation.request?.headers ?? []) {
      const given = Object.keys(args).find((name) => name.toLowerCase() === parameter.name.toLowerCase());
      const value = ordered(parameter, args[given]);
      if (given === undefined || !joinable(value)) continue;
      const flat = primitive(value) ? [value] : Array.isArray(value) ? value : Object.entries(value).map(([key, item]) => (explodes(parameter) ? `${key}=${item}` : [key, item])).flat();
      const expected = flat.map(String).join(",");
      const raw = request.headers[parameter.name.toLowerCase()];
      const sent = raw === undefined ? undefined : number(Buffer.from(raw, "latin1").toString("utf8"));
      if (sent !== expected.trim() && !/^(accept|content-type|authorization)$/i.test(parameter.name)) differs(`header.${parameter.name}`, expected, sent);
    }
    const cookies = new Map((request.headers.cookie ?? "").split(/; ?/).map((pair) => [pair.split("=")[0], pair.slice(pair.indexOf("=") + 1)]));
    for (const parameter of operation.request?.cookie ?? []) {
      const value = args[parameter.name];
      if (!primitive(value)) continue;
      const raw = cookies.get(parameter.name);
      if (raw === undefined || ![raw, decode(raw)].map(number).includes(String(value))) differs(`cookie.${parameter.name}`, String(value), raw);
    }
  }

  async #body(operation, args, request, differs) {
    const contents = operation.request?.body?.contents ?? [];
    const type = (request.headers["content-type"] ?? "").toLowerCase();
    const content = contents.find((one) => type.startsWith(one.mediaType.toLowerCase())) ?? contents[0];
    const given = leftover(operation, args);
    const expected = bodyOf(content?.schema, given);
    if (!content || expected === undefined) return;
    const sent = await received(request, type);
    if (sent === undefined) return;
    if (type.includes("json")) {
      if (!isDeepStrictEqual(sent, expected)) differs("body", JSON.stringify(expected), JSON.stringify(sent));
      return;
    }
    if (!isObject(expected)) return;
    const shaped = new Set((content.encodings ?? []).map((encoding) => encoding.property));
    for (const [name, value] of Object.entries(expected)) {
      const values = [value].flat();
      // A member whose name clients refuse is asked under another one.
      if (!(name in (content.schema?.properties ?? {})) || shaped.has(name) || !values.every(primitive)) continue;
      const got = sent.getAll(name);
      const text = await Promise.all(got.map(async (item) => (typeof item === "string" ? number(item) : Buffer.from(await item.arrayBuffer()).toString("base64"))));
      const want = values.map(String);
      if (!isDeepStrictEqual(text, want) && !isDeepStrictEqual(text, [want.join(",")])) differs(`form.${name}`, JSON.stringify(want), JSON.stringify(text));
    }
  }
}

const decode = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Whether every argument belongs to something that this file knows. */
const found = (operation, args) => Object.keys(args).every((name) => {
  const { path = [], query = [], headers = [], cookie = [], body } = operation.request ?? {};
  return body || [...path, ...query, ...headers, ...cookie].some((parameter) => parameter.name.toLowerCase() === name.toLowerCase());
});

/** The arguments that are no parameters; `undefined` where one name is two things. */
function leftover(operation, args) {
  const { path = [], query = [], headers = [], cookie = [] } = operation.request ?? {};
  const names = new Set([...path, ...query, ...headers, ...cookie].map((parameter) => parameter.name.toLowerCase()));
  return Object.fromEntries(Object.entries(args).filter(([name]) => !names.has(name.toLowerCase())));
}

/** The body that the arguments mean: its members, or one argument that is the whole. */
function bodyOf(schema, given) {
  const names = Object.keys(given);
  if (names.length === 0) return undefined;
  const members = schema?.properties ?? {};
  if (names.every((name) => name in members)) return given;
  return names.length === 1 && names[0] === "body" && !("body" in members) ? given.body : undefined;
}

/** The body as it came, read by its media type. */
async function received(request, type) {
  if (type.includes("json")) {
    try {
      return JSON.parse(request.body.toString("utf8"));
    } catch {
      return undefined;
    }
  }
  if (type.startsWith("application/x-www-form-urlencoded")) return new URLSearchParams(request.body.toString("utf8"));
  if (type.startsWith("multipart/form-data")) {
    return new Response(request.body, { headers: { "content-type": request.headers["content-type"] } }).formData();
  }
  return undefined;
}
