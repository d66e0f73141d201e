/** What Runway's endpoints take, as its SDK (4.20.1) has it, of the models that are used here. */
import type { Json } from "../vendor/emulator.ts";
import { isLink } from "../vendor/files.ts";

type Check = (value: Json) => string | null;

const oneOf = (...values: readonly (string | number)[]): Check => (value) => (values.some((one) => one === value) ? null : `must be one of ${values.join(", ")}`);
const whole = (least: number, most: number): Check => (value) => (Number.isInteger(value) && Number(value) >= least && Number(value) <= most ? null : `must be an integer from ${least} to ${most}`);
const number = (least: number, most: number): Check => (value) => (typeof value === "number" && value >= least && value <= most ? null : `must be a number from ${least} to ${most}`);
const words = (most: number): Check => (value) => (typeof value === "string" && value.length > 0 && value.length <= most ? null : `must be a non-empty string of at most ${most} UTF-16 code units`);
const truth: Check = (value) => (typeof value === "boolean" ? null : "must be a boolean");

const DATA_URI_MAX = 5 * 1_024 * 1_024;
const LINK_MAX = 2_048;

/** An address of https, an upload, or a data URI of at most 5 MB. */
const media: Check = (value) => {
  if (typeof value !== "string") return "must be a URI";
  if (value.startsWith("data:")) return value.length <= DATA_URI_MAX ? null : "data URIs must be at most 5 MB";
  if (value.startsWith("runway://")) return null;
  return isLink(value) && value.length <= LINK_MAX ? null : "must be a HTTPS URL, a Runway upload URI or a data URI";
};
const firstFrame: Check = (value) => {
  if (!Array.isArray(value)) return media(value);
  const [only] = value;
  return typeof only === "object" && only !== null && !Array.isArray(only) && media(only["uri"] ?? null) === null && (only["position"] === "first" || only["position"] === "last") ? null : "must be images with a position";
};

/** Fields of a request; a name that ends in `?` may be left out. */
interface Shape {
  fields: Readonly<Record<string, Check>>;
  /** Credits of a request, at most. */
  credits(body: { [key: string]: Json }): number;
}

const seed = whole(0, 4_294_967_295);
const moderation: Check = (value) => (typeof value === "object" ? null : "must be an object");
const wide = ["1280:720", "720:1280"] as const;
const many = [...wide, "1104:832", "832:1104", "960:960", "1584:672"] as const;
const veoRatios = [...wide, "1080:1920", "1920:1080"] as const;
const seconds = (body: { [key: string]: Json }): number => Number(body["duration"] ?? 8);

const gen45 = { model: oneOf("gen4.5"), promptText: words(1_000), duration: whole(2, 10), "seed?": seed, "contentModeration?": moderation };
const veoAlways = { ratio: oneOf(...veoRatios), "duration?": oneOf(4, 6, 8), "audio?": truth, "negativePrompt?": words(1_000), "seed?": seed };
const veo = { ...veoAlways, promptText: words(1_000) };
const veoFromImage = { ...veoAlways, promptImage: firstFrame, "promptText?": words(1_000) };
const veoCredits = (silent: number, sounding: number) => (body: { [key: string]: Json }): number => seconds(body) * (body["audio"] === false ? silent : sounding);

/** By path, then by model. */
export const shapes: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  "/v1/text_to_video": {
    "gen4.5": { fields: { ...gen45, ratio: oneOf(...wide) }, credits: (body) => 12 * seconds(body) },
    "veo3.1": { fields: { model: oneOf("veo3.1"), ...veo }, credits: veoCredits(20, 40) },
    "veo3.1_fast": { fields: { model: oneOf("veo3.1_fast"), ...veo }, credits: veoCredits(10, 15) },
  },
  "/v1/image_to_video": {
    "gen4.5": { fields: { ...gen45, promptImage: firstFrame, ratio: oneOf(...many) }, credits: (body) => 12 * seconds(body) },
    "gen4_turbo": { fields: { model: oneOf("gen4_turbo"), promptImage: firstFrame, ratio: oneOf(...many), "promptText?": words(1_000), "duration?": number(2, 10), "seed?": seed, "contentModeration?": moderation }, credits: (body) => 5 * seconds(body) },
    "veo3.1": { fields: { ...veoFromImage, model: oneOf("veo3.1") }, credits: veoCredits(20, 40) },
    "veo3.1_fast": { fields: { ...veoFromImage, model: oneOf("veo3.1_fast") }, credits: veoCredits(10, 15) },
  },
  "/v1/text_to_image": {
    "gen4_image": {
      fields: { model: oneOf("gen4_image"), promptText: words(1_000), ratio: oneOf("1024:1024", "1080:1080", "1168:880", "1360:768", "1440:1080", "1080:1440", "1808:768", "1920:1080", "1080:1920", "2112:912", "1280:720", "720:1280", "720:720", "960:720", "720:960", "1680:720"), "seed?": seed, "contentModeration?": moderation },
      credits: (body) => (String(body["ratio"]).includes("720") ? 5 : 8),
    },
  },
  "/v1/sound_effect": { "eleven_text_to_sound_v2": { fields: { model: oneOf("eleven_text_to_sound_v2"), promptText: words(3_000), "duration?": number(0.5, 30), "loop?": truth }, credits: () => 2 } },
  "/v1/voice_isolation": { "eleven_voice_isolation": { fields: { model: oneOf("eleven_voice_isolation"), audioUri: media }, credits: () => 5 } },
};

/** What is wrong with a body; empty where nothing is. */
export function faultsIn(shape: Shape, body: { [key: string]: Json }): { path: string[]; message: string }[] {
  const checks = new Map(Object.entries(shape.fields).map(([name, check]) => [name.replace("?", ""), { check, isRequired: !name.endsWith("?") }]));
  const missing = [...checks].flatMap(([name, { isRequired }]) => (isRequired && body[name] === undefined ? [{ path: [name], message: "Required" }] : []));
  const wrong = Object.entries(body).flatMap(([name, value]) => {
    const known = checks.get(name);
    const message = known ? known.check(value) : "Unrecognized key";
    return message === null ? [] : [{ path: [name], message }];
  });
  return [...missing, ...wrong];
}
