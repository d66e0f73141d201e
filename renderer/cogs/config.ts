import { createHash } from "node:crypto";
import { z } from "zod";

/** A container that Cog built, as an operator names it. */
export interface CogSettings {
  /** `http://host:port` */
  url: string;
  /** Predictions that it makes at a time: Cog's own default is one. */
  concurrency: number;
  /** 64 hex digits that stand for what it is: its image's digest, or else its name and address. */
  version: string;
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,99}\/[a-z0-9][a-z0-9._-]{0,99}$/;
const OWN = "dailies";
const origin = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text)).refine(({ username, password, search, hash }) => `${username}${password}${search}${hash}` === "").transform((url) => url.href.replace(/\/$/, ""));
const entry = z.union([origin.transform((url) => ({ url, concurrency: 1, version: undefined })), z.strictObject({ url: origin, concurrency: z.int().min(1).max(64).default(1), version: z.string().regex(/^[0-9a-f]{64}$/).optional() })]);

/** Reads `RENDERER_COGS`: JSON of `{"owner/name": "http://host:port"}`, or of `{url, concurrency, version}`. Throws a sentence for the operator. */
export function readCogs(text: string | undefined): ReadonlyMap<string, CogSettings> {
  if (text === undefined || text.trim() === "") return new Map();
  const say = (what: string): Error => new Error(`RENDERER_COGS ${what}: give JSON of {"owner/name": "http://host:port"}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw say("is not JSON");
  }
  const read = z.record(z.string(), z.unknown()).safeParse(json);
  if (!read.success) throw say("is no object");
  return new Map(Object.entries(read.data).map(([name, value]) => {
    const cog = entry.safeParse(value);
    if (!NAME.test(name) || name.startsWith(`${OWN}/`)) throw say(`names "${name.slice(0, 100)}", which is no owner/name of lower case, or one of the renderer's own`);
    if (!cog.success) throw say(`has no address of http or https for "${name}"`);
    const { url, concurrency, version } = cog.data;
    return [name, { url, concurrency, version: version ?? createHash("sha256").update(`cog\n${name}\n${url}`).digest("hex") }];
  }));
}
