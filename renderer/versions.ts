import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Model } from "./model.ts";
import { loadModel, modelNames } from "./models/index.ts";
import { Problem, notFound } from "./problem.ts";

export const OWNER = "dailies";

/** A model in one version of the renderer's code. */
export interface Versioned {
  model: Model;
  /** 64 hex digits: changes with the renderer's code, so that a take can say what made it. */
  version: string;
}

/** Which models there are, by name and by version. */
export class Versions {
  private readonly byVersion: ReadonlyMap<string, string>;

  constructor() {
    const code = sourceDigest();
    this.byVersion = new Map(modelNames.map((name) => [createHash("sha256").update(`${name}\n${code}`).digest("hex"), name]));
  }

  /** Finds what `version` of a create names: `dailies/voice`, `dailies/voice:<hash>` or the hash alone. */
  async resolve(reference: string): Promise<Versioned> {
    const match = /^(?:([a-z0-9-]+)\/([a-z0-9-]+)(?::([0-9a-f]{64}))?|([0-9a-f]{64}))$/.exec(reference);
    if (!match) throw new Problem(422, "Input validation failed", `"version" is dailies/<model>, dailies/<model>:<version> or a version of 64 hex digits.`);
    const [, owner, name, pinned, alone] = match;
    if (owner !== undefined && owner !== OWNER) throw notFound("model");
    const hash = pinned ?? alone;
    const wanted = name ?? this.byVersion.get(hash ?? "");
    if (hash !== undefined && this.byVersion.get(hash) !== wanted) throw notFound("version");
    return this.named(wanted ?? "");
  }

  async named(name: string): Promise<Versioned> {
    const model = await loadModel(name);
    const version = [...this.byVersion].find(([, at]) => at === name)?.[0];
    if (!model || !version) throw notFound("model");
    return { model, version };
  }

  /** The model as Replicate describes one, with its input's schema. */
  async describe(name: string): Promise<{ [key: string]: unknown }> {
    const { model, version } = await this.named(name);
    return {
      owner: OWNER,
      name,
      description: model.description,
      visibility: "private",
      latest_version: { id: version, openapi_schema: openapiSchema(model) },
    };
  }
}

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
