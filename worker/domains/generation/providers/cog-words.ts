/** How a container is asked, in its own words: a template of its input, in which our request's fields stand by name. */
import { z } from "@hono/zod-openapi";
import type { Json } from "#film/film.ts";
import { isOfGivenLength, type ModelRequest, type RequestOf } from "#film/inputs/model-request.ts";
import { voiceCasts } from "#film/recipes/voice.ts";
import type { Accepts } from "../tools/tool.ts";
import { lengthFor } from "./cards.ts";

/** What a container can be asked for. Not to write speech down: words with their times have no form that all share. */
export type CogTool = Exclude<ModelRequest["tool"], "transcribe">;
type FieldOf<Tool extends CogTool> = Exclude<keyof RequestOf<Tool>, "tool">;

/** Of each tool the fields that its input must have, those that it may, and as what its file comes. */
const asked: { [Tool in CogTool]: { must: readonly FieldOf<Tool>[]; may: readonly FieldOf<Tool>[]; role: string } } = {
  frame: { must: ["prompt"], may: ["aspect", "seed"], role: "panel" },
  clip: { must: ["prompt"], may: ["seconds", "aspect", "resolution", "firstFrame", "seed"], role: "video" },
  voice: { must: ["text", "voice"], may: ["language", "pace", "seed"], role: "audio" },
  music: { must: ["prompt"], may: ["seconds", "seed"], role: "audio" },
  sound: { must: ["prompt"], may: ["seconds"], role: "audio" },
  "lip-sync": { must: ["video", "audio"], may: ["seconds"], role: "video" },
  upscale: { must: ["video"], may: ["resolution", "seconds"], role: "video" },
  roto: { must: ["video"], may: ["prompt", "seconds"], role: "video" },
  mesh: { must: ["image"], may: ["seed"], role: "mesh" },
  rig: { must: ["mesh"], may: [], role: "mesh" },
  "clean-audio": { must: ["audio"], may: ["seconds"], role: "audio" },
  dub: { must: ["media", "to"], may: ["from", "seconds"], role: "media" },
};
export const cogTools = Object.keys(asked) as [CogTool, ...CogTool[]];

export const fieldsOf = (tool: CogTool): readonly string[] => [...asked[tool].must, ...asked[tool].may];
/** As what a tool's file comes. */
export const roleOf = (tool: CogTool): string => asked[tool].role;

/** `{"$": "aspect", "as": {"16:9": "1280*720"}}`: a field's values in the container's. `{"$": "seconds", "times": 24}`: so many frames. */
const Named = z.strictObject({ $: z.string(), as: z.record(z.string(), z.json()).optional(), times: z.number().positive().optional() });
type Named = z.infer<typeof Named>;

const isObject = (value: Json): value is { [key: string]: Json } => typeof value === "object" && value !== null && !Array.isArray(value);

/** The field that a place in a template stands for; null: it stands for itself. */
function namedAt(place: Json): Named | null {
  if (typeof place === "string") return place.startsWith("$") ? { $: place.slice(1) } : null;
  return isObject(place) && "$" in place ? (Named.safeParse(place).data ?? { $: "" }) : null;
}

function namedIn(place: Json): Named[] {
  const named = namedAt(place);
  if (named) return [named];
  if (Array.isArray(place)) return place.flatMap(namedIn);
  return isObject(place) ? Object.values(place).flatMap(namedIn) : [];
}

/** What is wrong with a template for a tool within these limits, as the end of a sentence; null: nothing. What is sold must be what the container is told. */
export function templateFault(tool: CogTool, template: Json, accepts: Accepts): string | null {
  const named = namedIn(template);
  const has = (field: string): boolean => named.some(({ $ }) => $ === field);
  const fields = fieldsOf(tool);
  const unknown = named.find(({ $ }) => !fields.includes($));
  if (unknown) return `its input names $${unknown.$}, and a ${tool} has ${fields.map((field) => `$${field}`).join(", ")}`;
  const missing = [...asked[tool].must, ...toBeTold(tool, accepts)].find((field) => !has(field));
  if (missing !== undefined) return `its input does not name $${missing}`;
  if (has("firstFrame") && accepts.firstFrame === "never") return `its input names $firstFrame, and its firstFrame is "never"`;
  for (const { $: field, as, times } of named) {
    if (times !== undefined && field !== "seconds") return `only $seconds can be told in "times"`;
    if (as === undefined) continue;
    const values = valuesOf(field, accepts);
    if (values === null) return `the values of $${field} cannot be listed in "as"`;
    const untold = values.find((value) => !(value in as));
    if (untold !== undefined) return `"as" of $${field} does not say what ${untold} is`;
  }
  return null;
}

/** Fields in which what it makes can differ: then it has to be told. */
function toBeTold(tool: CogTool, { seconds, aspects, resolutions, firstFrame, languages, promptMax }: Accepts): string[] {
  const isOpen: Record<string, boolean> = {
    seconds: !isOfGivenLength(tool) && (seconds?.only?.length ?? 2) > 1, aspect: aspects.length > 1, resolution: resolutions.length > 1, firstFrame: firstFrame !== "never",
    language: (languages?.length ?? 2) > 1, prompt: promptMax > 0,
  };
  return fieldsOf(tool).filter((field) => isOpen[field] === true);
}

/** Every value that a field can have; null where nobody can list them. */
function valuesOf(field: string, { aspects, resolutions, languages }: Accepts): readonly string[] | null {
  if (field === "aspect") return aspects;
  if (field === "resolution") return resolutions;
  if (field === "voice") return voiceCasts;
  return field === "language" || field === "to" ? languages : null;
}

/** The container's input for a request. What the request does not have is left out. */
export function filled(template: Json, request: ModelRequest, accepts: Accepts): Json {
  const values = spelled(request, accepts);
  const fill = (place: Json): Json | undefined => {
    const named = namedAt(place);
    if (named) return told(named, values[named.$] ?? null);
    if (Array.isArray(place)) return place.flatMap((each) => fill(each) ?? []);
    return isObject(place) ? Object.fromEntries(Object.entries(place).flatMap(([name, each]) => { const value = fill(each); return value === undefined ? [] : [[name, value]]; })) : place;
  };
  return fill(template) ?? {};
}

function told({ as, times }: Named, value: Json): Json | undefined {
  if (value === null) return undefined;
  if (times !== undefined) return Math.round(Number(value) * times);
  // A language is known by its first part: `en-GB` is English.
  return as ? (as[String(value)] ?? as[String(value).split("-")[0]?.toLowerCase() ?? ""]) : value;
}

function spelled(request: ModelRequest, { seconds }: Accepts): Record<string, Json> {
  const { tool, ...values } = request;
  const own: Record<string, Json> = values;
  return {
    ...own,
    ...("seconds" in request && !isOfGivenLength(tool) ? { seconds: lengthFor(request.seconds, seconds) } : {}),
    ...("seed" in request ? { seed: Math.abs(Math.trunc(request.seed)) % 2_147_483_647 } : {}),
  };
}
