// Sets of arguments for a tool, made from its input schema and nothing else.
import { createRequire } from "node:module";
import { join } from "node:path";

/** Text that breaks what is put together without care. None has control characters: headers refuse those. */
const HOSTILE = [
  `"'\\\``, "a/b", "..%2f..", "%2e%2e", "a b", "a&b=c#d?e", "é漢字🙂", "a,b;c|d", "{x}[y]", "+1 +", "a/../b",
  "$&<>^`", "true", "null", "0", "%", "%zz", "a=b", "@:!*()~", "--", "]]>", "${x}{{y}}", "x".repeat(300),
];

/** A reproducible source of numbers from 0 to below 1 (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A number for a text, to seed with. */
const hash = (text) => [...text].reduce((sum, c) => (Math.imul(sum, 31) + c.codePointAt(0)) >>> 0, 7);

/** Makes arguments. */
export class Arguments {
  constructor(modules, seed) {
    const require = createRequire(join(modules, "roundtrip.cjs"));
    this.faker = require("json-schema-faker");
    const Ajv = require("ajv/dist/2020").default;
    this.ajv = new Ajv({ strict: false, allErrors: false, unicodeRegExp: true, logger: false, validateFormats: true });
    require("ajv-formats").default(this.ajv);
    for (const format of ["binary", "base64"]) this.ajv.addFormat(format, true);
    this.seed = seed;
    const base64 = () => Buffer.from(`bytes ${Math.floor(this.next() * 1000)} \u0000ÿ`, "latin1").toString("base64");
    for (const format of ["byte", "binary", "base64"]) this.faker.format(format, base64);
  }

  /** Every set for `tool`: `[name of the set, arguments]`. Those that the schema itself does not allow are left out. */
  *sets(tool, most) {
    const schema = tool.inputSchema;
    const valid = this.#validator(schema);
    this.next = random(this.seed ^ hash(tool.name));
    let count = 0;
    const seen = new Set();
    for (const [name, args] of this.#all(schema)) {
      const text = JSON.stringify(args);
      if (args === undefined || text.length > 200_000 || seen.has(text) || !valid(args)) continue;
      seen.add(text);
      yield [name, args];
      if (++count >= most) return;
    }
  }

  #validator(schema) {
    try {
      return this.ajv.compile(schema);
    } catch {
      return () => true;
    }
  }

  *#all(schema) {
    const required = this.#fake(schema, { requiredOnly: true, alwaysFakeOptionals: false });
    yield ["required", required];
    const everything = this.#fake(schema, { requiredOnly: false, alwaysFakeOptionals: true });
    yield ["everything", everything];
    const base = everything ?? required;
    if (base === undefined) return;
    for (const round of [0, 1, 2]) {
      yield ["hostile", change(schema, base, (part) => this.#hostile(part, round))];
    }
    for (const side of ["minimum", "maximum"]) {
      yield ["edges", change(schema, base, (part) => edge(part, side))];
    }
    for (const [name, part] of Object.entries(schema.properties ?? {})) {
      if (required === undefined) continue;
      for (const value of part.enum ?? []) yield ["enum", { ...required, [name]: value }];
      const items = part.items?.enum ?? [];
      if (items.length > 0) yield ["enum", { ...required, [name]: items }];
    }
    for (const name of Object.keys(schema.properties ?? {})) {
      if (required !== undefined && !(name in required) && everything !== undefined && name in everything) {
        yield ["alone", { ...required, [name]: everything[name] }];
      }
    }
  }

  #fake(schema, options) {
    this.faker.option({
      random: this.next, failOnInvalidTypes: false, failOnInvalidFormat: false, ignoreMissingRefs: true,
      useDefaultValue: false, useExamplesValue: false, fillProperties: false, minItems: 1, maxItems: 3, maxLength: 40, ...options,
    });
    try {
      return this.faker.generate(fakeable(schema));
    } catch {
      return undefined;
    }
  }

  #hostile(schema, round) {
    if (schema.type !== "string" || schema.enum || schema.const !== undefined || schema.pattern || schema.format || schema.contentEncoding) return undefined;
    const start = Math.floor(this.next() * HOSTILE.length) + round;
    for (let step = 0; step < HOSTILE.length; step++) {
      const text = HOSTILE[(start + step) % HOSTILE.length];
      const length = [...text].length;
      if (length >= (schema.minLength ?? 0) && length <= (schema.maxLength ?? Infinity)) return text;
    }
    return undefined;
  }
}

/** A copy of `schema` in which encoded bytes have a format, for which the faker has a function. */
function fakeable(schema) {
  if (Array.isArray(schema)) return schema.map(fakeable);
  if (schema === null || typeof schema !== "object") return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, fakeable(value)]));
  if (copy.contentEncoding === "base64") copy.format = "base64";
  return copy;
}

/** The outermost value of a number on one side; without a bound, what fits the format and IEEE 754. */
function edge(schema, side) {
  const types = [schema.type].flat();
  if (schema.enum || schema.const !== undefined || schema.multipleOf || !types.some((type) => type === "integer" || type === "number")) return undefined;
  if (schema.exclusiveMinimum !== undefined || schema.exclusiveMaximum !== undefined) return undefined;
  if (schema[side] !== undefined) return schema[side];
  const most = schema.format === "int32" ? 2147483647 : Number.MAX_SAFE_INTEGER;
  const fraction = types.includes("number");
  if (side === "maximum") return fraction ? 1e21 : Math.max(most, schema.minimum ?? 0);
  return fraction ? -0.000001 : Math.min(-most, schema.maximum ?? 0);
}

/** `value` with every part replaced for which `by` of its schema gives something; unions are left as they are. */
function change(schema, value, by) {
  const replaced = schema && typeof schema === "object" ? by(schema) : undefined;
  if (replaced !== undefined) return replaced;
  if (Array.isArray(value)) return value.map((item) => change(schema?.items, item, by));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, change(schema?.properties?.[name], item, by)]));
  }
  return value;
}
