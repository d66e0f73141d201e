/** How an order is put to a model: to the house in its tool's own shape, to anybody else in our words. */
import { FRAME_RATE, type Aspect, type Json, type MusicMood, type Recipe } from "../film.ts";
import type { ModelRequest, Resolution } from "../inputs/model-request.ts";
import type { Asking } from "../routing/request.ts";
import { musicWords } from "../routing/words.ts";
import type { TaskTool } from "./task.ts";

type Params = Recipe["params"];
/** What can make it, as far as what is asked for decides that. */
type Maker = "house" | "other";

const HOUSE_LANGUAGE = /^en(?:-|$)/i;
/** What the house's models take at most: letters of what is spoken, and seconds of a video that is worked on. */
const HOUSE_LETTERS_MAX = 2_000;
const HOUSE_SECONDS_MAX = 1_800;

/** Whether the house, or anybody else, can make an order at all; lengths, aspects and sizes are the models' own limits. */
export function canMake(maker: Maker, { tool, params }: Pick<Recipe, "tool" | "params">): boolean {
  const isHouse = maker === "house";
  switch (tool as TaskTool) {
    case "clip":
      // The house moves a camera over a picture; it invents none.
      return !isHouse || params["image"] !== null;
    case "voice":
      return !isHouse || (HOUSE_LANGUAGE.test(String(params["language"])) && String(params["text"]).length <= HOUSE_LETTERS_MAX);
    case "music":
      return !isHouse || params["mood"] !== null;
    case "roto":
      // A colour is a screen's, which only the house keys; words are for models that know what things are.
      return isHouse ? params["prompt"] === null && isShort(params) : params["color"] === null;
    case "upscale":
      return !isHouse || isShort(params);
    case "grade":
      return isHouse && isShort(params);
    case "break-down":
    case "chat":
      return !isHouse;
    default:
      return true;
  }
}

const isShort = ({ seconds }: Params): boolean => Number(seconds ?? 0) <= HOUSE_SECONDS_MAX;

/** The input of the house's own model: `docs/design/renderer-models.md` has the shapes. Files are places of assets. */
export function houseInput({ tool, params }: Pick<Recipe, "tool" | "params">): Json {
  const { prompt = "", aspect = "16:9", style = "cinematic", seed = 0, seconds = 4 } = params;
  switch (tool as TaskTool) {
    case "frame":
      // Where it is, when, and in what weather is for the words to say.
      return { description: prompt, framing: "wide", setting: null, place: "", timeOfDay: null, weather: null, style, aspect, cast: [], props: [], seed };
    case "clip":
      return {
        panel: params["image"] ?? null, planes: [], depths: [], overscan: 0, cameraMove: params["cameraMove"] ?? "push-in", frames: Math.max(1, Math.round(Number(seconds) * FRAME_RATE)), aspect,
        weather: "clear", timeOfDay: "day", seed,
      };
    case "voice":
      return pick(params, ["text", "cast", "language", "pace"]);
    case "music":
      return pick(params, ["mood", "seconds", "seed"]);
    case "clean-audio":
      return pick(params, ["audio"]);
    case "grade":
      return { ...pick(params, ["video", "look", "strength"]), lut: null };
    case "roto":
      return pick(params, ["video", "color"]);
    case "upscale":
      return pick(params, ["video", "resolution"]);
    case "mesh":
      return pick(params, ["image", "depth"]);
    case "rig":
      return pick(params, ["mesh"]);
    default:
      return params;
  }
}

const pick = (params: Params, names: readonly string[]): { [key: string]: Json } => Object.fromEntries(names.map((name) => [name, params[name] ?? null]));

/** The order in our words; files are still places of assets, which are replaced by links before it is sent. */
export function taskRequest({ tool, params }: Pick<Recipe, "tool" | "params">, asking: Asking): Json {
  const seconds = Number(params["seconds"] ?? 0);
  const seed = Number(params["seed"] ?? 0);
  const place = (name: string): Json => params[name] ?? null;
  const request = { tool, ...others() };
  return request;

  function others(): { [key: string]: Json } {
    switch (tool as TaskTool) {
      case "frame":
        return { prompt: place("prompt"), aspect: place("aspect"), seed };
      case "clip":
        return { prompt: place("prompt"), seconds, aspect: place("aspect"), resolution: params["resolution"] ?? asking.resolution, firstFrame: place("image"), seed };
      case "voice":
        return { text: place("text"), voice: place("cast"), language: place("language"), pace: Number(params["pace"] ?? 1), seed };
      case "music":
        return { prompt: params["prompt"] ?? musicWords((params["mood"] ?? "calm") as MusicMood), seconds, seed };
      case "mesh":
        return { image: place("image"), seed };
      case "rig":
        return { mesh: place("mesh") };
      default:
        return Object.fromEntries(Object.entries(params).filter(([name]) => requestFields.has(name)));
    }
  }
}

/** Fields of requests that are called alike in orders. */
const requestFields: ReadonlySet<string> = new Set<keyof UnionOf<ModelRequest>>(["prompt", "seconds", "video", "audio", "language", "resolution", "media", "from", "to"]);
type UnionOf<T> = { [K in T extends unknown ? keyof T : never]: unknown };

/** The aspect of what is ordered, where it has one that was asked for. */
export const aspectIn = ({ aspect }: Params): Aspect | null => (aspect === "16:9" || aspect === "9:16" || aspect === "1:1" ? aspect : null);

/** The size of the short side of what is ordered, where one was asked for. */
export const resolutionIn = ({ resolution }: Params): Resolution | null => (typeof resolution === "string" ? (resolution as Resolution) : null);
