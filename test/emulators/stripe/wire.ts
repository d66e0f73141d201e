/** What travels: form-encoded parameters with brackets on the way in, Stripe's error bodies on the way out. */

/** A parameter as it was sent: a text, or a map of further ones. Lists are maps whose keys are numbers. */
export type Param = string | { [key: string]: Param };

/** An answer other than 2xx, in Stripe's shape. */
export class StripeProblem extends Error {
  readonly status: number;
  readonly fields: Record<string, unknown>;
  /** What was done up to here stays done: an attempt to pay, for instance. */
  isKept = false;

  constructor(status: number, fields: { type?: string; code?: string; message: string; param?: string; [field: string]: unknown }) {
    super(fields.message);
    this.status = status;
    this.fields = { type: status === 402 ? "card_error" : status >= 500 ? "api_error" : "invalid_request_error", ...fields };
  }
}

export const invalid = (message: string, param?: string, code = "parameter_invalid_empty"): StripeProblem => new StripeProblem(400, { code, message, ...(param === undefined ? {} : { param }) });

export const missing = (what: string, id: string, param = "id"): StripeProblem => new StripeProblem(404, { code: "resource_missing", message: `No such ${what}: '${id}'`, param });

/** `a[b][0]=c` as `{a: {b: {0: "c"}}}`; `a[]` counts up. */
export function parseForm(text: string): Input {
  const root: { [key: string]: Param } = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const [head = "", ...rest] = key.split("[").map((part) => part.replace(/\]$/, ""));
    const path = [head, ...rest];
    if (path.includes("__proto__")) throw invalid(`Invalid parameter name: ${key}`, key, "parameter_unknown");
    let at = root;
    path.slice(0, -1).forEach((part, index) => {
      const name = part === "" ? String(Object.keys(at).length) : part;
      const next = Object.hasOwn(at, name) ? at[name] : undefined;
      if (typeof next === "string") throw invalid(`Invalid ${path.slice(0, index + 1).join("[")}: it is text and a map at once`, head);
      at = at[name] = next ?? {};
    });
    const last = path.at(-1) ?? "";
    at[last === "" ? String(Object.keys(at).length) : last] = value;
  }
  return new Input(root, "");
}

/** Parameters, read one by one. An empty text means that something is to be unset, which reads as null. */
export class Input {
  readonly params: { [key: string]: Param };
  readonly path: string;

  constructor(params: { [key: string]: Param }, path: string) {
    this.params = params;
    this.path = path;
  }

  get names(): string[] {
    return Object.keys(this.params);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.params, name);
  }

  text(name: string): string | null {
    const value = this.has(name) ? this.params[name] : undefined;
    if (value !== undefined && typeof value !== "string") throw invalid(`Invalid string: ${this.at(name)}`, this.at(name), "parameter_invalid_string_blank");
    return value === undefined || value === "" ? null : value;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === null) throw new StripeProblem(400, { code: "parameter_missing", message: `Missing required param: ${this.at(name)}.`, param: this.at(name) });
    return value;
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value | null {
    const value = this.text(name);
    if (value === null) return null;
    const known = values.find((candidate) => candidate === value);
    if (known === undefined) throw invalid(`Invalid ${this.at(name)}: must be one of ${values.join(", ")}`, this.at(name));
    return known;
  }

  integer(name: string): number | null {
    const value = this.text(name);
    if (value === null) return null;
    if (!/^-?\d{1,15}$/.test(value)) throw invalid(`Invalid integer: ${value}`, this.at(name), "parameter_invalid_integer");
    return Number(value);
  }

  flag(name: string): boolean | null {
    const value = this.text(name);
    if (value === null) return null;
    if (value !== "true" && value !== "false") throw invalid(`Invalid boolean: ${value}`, this.at(name));
    return value === "true";
  }

  /** A map below, or null when there is none. */
  map(name: string): Input | null {
    const value = this.has(name) ? this.params[name] : undefined;
    if (value === undefined || value === "") return null;
    if (typeof value === "string") throw invalid(`Invalid object: ${this.at(name)}`, this.at(name), "parameter_invalid_object");
    return new Input(value, this.at(name));
  }

  /** The maps of a list below. */
  maps(name: string): Input[] {
    const list = this.map(name);
    return list ? list.names.flatMap((index) => list.map(index) ?? []) : [];
  }

  /** The texts of a list below. */
  texts(name: string): string[] {
    const list = this.map(name);
    return list ? list.names.flatMap((index) => list.text(index) ?? []) : [];
  }

  /** Metadata as it is after this change: an empty text removes a key, an empty `metadata` all of them. */
  metadata(before: Record<string, string> | null = null, name = "metadata"): Record<string, string> {
    if (!this.has(name)) return { ...before };
    const changes = this.map(name);
    if (!changes) return {};
    const after = { ...before };
    for (const key of changes.names) {
      const value = changes.text(key);
      if (key.length > 40) throw invalid(`Metadata keys can have up to 40 characters: ${key}`, `${this.at(name)}[${key}]`);
      if (value !== null && value.length > 500) throw invalid("Metadata values can have up to 500 characters", `${this.at(name)}[${key}]`);
      if (value === null) delete after[key];
      else after[key] = value;
    }
    if (Object.keys(after).length > 50) throw invalid("There can be up to 50 metadata keys", this.at(name));
    return after;
  }

  at(name: string): string {
    return this.path === "" ? name : `${this.path}[${name}]`;
  }

  /** Refuses what is not on the list, as Stripe does. */
  only(names: readonly string[]): void {
    const unknown = this.names.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new StripeProblem(400, { code: "parameter_unknown", message: `Received unknown parameter: ${this.at(unknown)}`, param: this.at(unknown) });
  }
}
