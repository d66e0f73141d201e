import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Cogs } from "./cogs/cogs.ts";
import type { Model } from "./model.ts";
import { loadModel, modelNames } from "./models/index.ts";
import { Problem, notFound } from "./problem.ts";

export const OWNER = "dailies";

/** A model's name with its owner: the renderer's own go by their name alone. */
export const fullName = (model: string): string => (model.includes("/") ? model : `${OWNER}/${model}`);

/** A model in one version. */
export interface Versioned {
  model: Pick<Model, "name" | "input">;
  /** 64 hex digits: of the renderer's own models it changes with the renderer's code, so that a take can say what made it. */
  version: string;
}

/** Which models there are, by name and by version. */
export class Versions {
  private readonly byVersion: ReadonlyMap<string, string>;

  private readonly cogs: Cogs;

  constructor(cogs: Cogs) {
    const code = sourceDigest();
    this.cogs = cogs;
    const own = modelNames.map((name) => [createHash("sha256").update(`${name}\n${code}`).digest("hex"), name] as const);
    this.byVersion = new Map([...own, ...cogs.names.map((name) => [cogs.version(name) ?? "", name] as const)]);
  }

  /** Every model that is there. */
  get names(): string[] {
    return [...modelNames, ...this.cogs.names];
  }

  /** Finds what `version` of a create names: `dailies/voice`, `dailies/voice:<hash>` or the hash alone. */
  async resolve(reference: string): Promise<Versioned> {
    const match = /^(?:([a-z0-9._-]+)\/([a-z0-9._-]+)(?::([0-9a-f]{64}))?|([0-9a-f]{64}))$/.exec(reference);
    if (!match) throw new Problem(422, "Input validation failed", `"version" is dailies/<model>, dailies/<model>:<version> or a version of 64 hex digits.`);
    const [, owner, name, pinned, alone] = match;
    const asked = owner === undefined || owner === OWNER ? name : `${owner}/${name}`;
    const hash = pinned ?? alone;
    const wanted = asked ?? this.byVersion.get(hash ?? "");
    if (hash !== undefined && this.byVersion.get(hash) !== wanted) throw notFound("version");
    return this.named(wanted ?? "");
  }

  async named(name: string): Promise<Versioned> {
    // A container knows its own input, and looks at it itself.
    const model = this.cogs.has(name) ? { name, input: anyInput } : await loadModel(name);
    const version = this.cogs.version(name) ?? [...this.byVersion].find(([, at]) => at === name)?.[0];
    if (!model || !version) throw notFound("model");
    return { model, version };
  }

  /** The model as Replicate describes one, with its input's schema. */
  async describe(name: string): Promise<{ [key: string]: unknown }> {
    const { version } = await this.named(name);
    const [owner, own] = fullName(name).split("/");
    const model = await loadModel(name);
    const description = model?.description ?? "A container that Cog built.";
    return { owner, name: own, description, visibility: "private", latest_version: { id: version, openapi_schema: model ? openapiSchema(model) : await this.cogs.openapi(name) } };
  }
}

const anyInput = z.record(z.string(), z.json());

function openapiSchema(model: Model): { [key: string]: unknown } {
  const input = z.toJSONSchema(model.input, { io: "input", unrepresentable: "any" });
  return {
    openapi: "3.1.0",
    info: { title: `${OWNER}/${model.name}`, version: "1" },
    paths: {},
    components: { schemas: { Input: { title: "Input", ...input }, Output: { title: "Output", type: "object" } } },
  };
}

/** One hash over the program's own source files. */
function sourceDigest(): string {
  const root = import.meta.dirname;
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const hash = createHash("sha256");
  for (const name of names.sort()) hash.update(`${name}\n`).update(readFileSync(join(root, name)));
  return hash.digest("hex");
}
