import type { Film, Json, NodeId, TakeFacts } from "../film.ts";
import { layOut, type Timeline } from "../edit-list.ts";
import type { TitleParams } from "../recipes/extras.ts";
import type { FrameParams } from "../recipes/frame.ts";
import type { PictureParams } from "../recipes/picture.ts";
import { nodeId, partsOf } from "../recipes/recipe.ts";
import type { CaptionsParams, CutParams } from "../recipes/sequence.ts";
import { shotFrames } from "../recipes/speech.ts";
import type { VoiceParams } from "../recipes/voice.ts";
import { seedFrom } from "../hash.ts";
import type { Step } from "../plan.ts";
import { recipeFrames, voiceFrames } from "./frames.ts";

/** The house's own model of a tool; what people bring is taken in by `ingest`. */
export const houseModelOf = (tool: string): string => `dailies/${tool === "upload" ? "ingest" : tool}`;

/** In an input, the place of an asset's URL: whoever sends the input puts a signed one there. */
export type AssetPlace = { $asset: string };

/** The same for a file that people brought, which a recipe knows by its hash. */
export type UploadPlace = { $upload: string };

/** What of a step making it needs. */
export type Making = Pick<Step, "node" | "tool" | "recipe">;

type Takes = ReadonlyMap<NodeId, TakeFacts>;

/**
 * The input of the model that makes a step, from its recipe and the takes that it is made from: `renderer-models.md` has the shapes. The film
 * gives only its aspect, for what people bring. Throws if a take, or a file of one, is missing: a step is not ready before it has them.
 */
export function toolInput(step: Making, takes: Takes, film: Pick<Film, "aspect">): Json {
  const { recipe, node } = step;
  const { params } = recipe;
  switch (recipe.tool) {
    case "upload":
      return { file: { $upload: String(params["asset"]) }, kind: uploadKinds[partsOf(node).kind] ?? "video", aspect: film.aspect };
    case "frame":
      return frameInput(params as FrameParams, recipe.variant);
    case "title":
      return titleInput(params as TitleParams, recipe.variant);
    case "voice":
      return voiceInput(params as VoiceParams, recipe.variant);
    case "move":
    case "clip":
      return pictureInput(step, params as PictureParams, takes);
    case "captions":
      return captionsInput(params as CaptionsParams, takes);
    case "animatic":
    case "cut":
      return cutInput(params as CutParams, takes);
    case "poster":
      return { video: asset(takes, "cut:film", "video"), at: posterSecond(recipe.variant, takes), aspect: params["aspect"] ?? film.aspect };
    case "preview":
      return { video: asset(takes, "cut:film", "video"), seconds: params["seconds"] ?? 5 };
    default:
      return typeof params["seed"] === "number" ? { ...params, seed: variantSeed(params["seed"], recipe.variant) } : params;
  }
}

const uploadKinds: Record<string, "video" | "audio" | "image"> = { voice: "audio", music: "audio", frame: "image", clip: "video", title: "video" };

/** What a model reads of words that a script may repeat without an end; more would be refused, and nothing of the film made. */
const lettersRead = { place: 500, name: 200, parenthetical: 200, title: 300, subtitle: 600 } as const;
const read = (text: string, what: keyof typeof lettersRead): string => text.slice(0, lettersRead[what]).toWellFormed();

function frameInput(params: FrameParams, variant: number): Json {
  const cast = params.cast.map((drawn) => ({ ...drawn, name: read(drawn.name, "name") }));
  return { ...params, place: read(params.place, "place"), cast, seed: variantSeed(params.seed, variant) };
}

function titleInput(params: TitleParams, variant: number): Json {
  return { ...params, title: read(params.title, "title"), subtitle: read(params.subtitle, "subtitle"), seed: variantSeed(params.seed, variant) };
}

/** Readings of a line: a retake is spoken at another pace. */
const paces = [1, 0.92, 1.08, 0.85, 1.15] as const;

/** A line as it is spoken: the recipe's words, at the pace of this variant. */
export function voiceInput(params: VoiceParams, variant: number): VoiceParams {
  const pace = params.pace * (paces[variant % paces.length] ?? 1);
  const parenthetical = params.parenthetical === null ? null : read(params.parenthetical, "parenthetical");
  return { ...params, parenthetical, pace: Math.min(2, Math.max(0.5, Math.round(pace * 100) / 100)) };
}

/** A retake is drawn or played from another seed. */
export const variantSeed = (seed: number, variant: number): number => (variant === 0 ? seed : seedFrom(seed, variant));

/** A retaken poster is taken from another moment of the film, golden-section steps apart; the first from where the model finds best. */
function posterSecond(variant: number, takes: Takes): number | null {
  const frames = takes.get("cut:film")?.frames ?? null;
  if (variant === 0 || frames === null) return null;
  return Math.round(frames * ((variant * 0.618_034) % 1)) / 24;
}

function pictureInput({ node, recipe }: Making, params: PictureParams, takes: Takes): Json {
  const { subject } = partsOf(node);
  const frame = nodeId("frame", subject);
  const { cameraMove, aspect, weather, timeOfDay, slate, seed } = params;
  return {
    panel: asset(takes, frame, "panel"),
    planes: planesOf(takeOf(takes, frame)),
    depths: takeOf(takes, frame).values["depths"] ?? [],
    overscan: takeOf(takes, frame).values["overscan"] ?? 0,
    cameraMove,
    frames: needed(recipeFrames(recipe, takes), `${node} has a voice that is not measured`),
    aspect,
    weather,
    timeOfDay,
    ...(recipe.tool === "move" ? { slate: slate === null ? null : { shot: slate, startFrame: 0 } } : {}),
    seed: variantSeed(seed, recipe.variant),
  };
}

function planesOf({ assets }: TakeFacts): AssetPlace[] {
  const planes: AssetPlace[] = [];
  for (let id = assets["planes.0"]; id !== undefined; id = assets[`planes.${planes.length}`]) planes.push({ $asset: id });
  return planes;
}

function captionsInput({ language, lines, entries }: CaptionsParams, takes: Takes): Json {
  const lengths = new Map(entries.map(({ picture, length }) => [picture, length]));
  const framesOf = (node: NodeId): number => {
    const length = lengths.get(node);
    return length ? needed(shotFrames(length, voiceFrames(takes)), `${node} has a voice that is not measured`) : framesOfTake(takes, node);
  };
  const { voices } = layOut({ entries, music: [] }, framesOf);
  const words = new Map(lines.map(({ line, name, text }) => [line, { name, text }]));
  const spoken = voices.map(({ line, node, startFrame }) => ({ character: read(words.get(line)?.name ?? "", "name"), text: words.get(line)?.text ?? "", startFrame, timings: asset(takes, node, "timings") }));
  return { lines: spoken, language };
}

/** When everything of a cut or animatic is on screen and heard, once all of its takes are there. */
export function timelineOf(params: CutParams, takes: Takes): Timeline {
  return layOut(params, (node) => framesOfTake(takes, node));
}

function cutInput(params: CutParams, takes: Takes): Json {
  const { aspect, levels, captions, title, language } = params;
  const { entries, voices, music } = timelineOf(params, takes);
  return {
    aspect,
    entries: entries.map(({ picture, frames, trimStart, trimEnd, transition }) => ({ video: asset(takes, picture, "video"), frames, trimStart, trimEnd, transition })),
    voices: voices.map(({ node, startFrame }) => ({ audio: asset(takes, node, "audio"), startFrame, gainDb: levels.voice })),
    music: music.map(({ cue, startFrame, frames }) => ({ audio: asset(takes, cue, "audio"), startFrame, frames, gainDb: levels.music })),
    captions: captions === null ? null : asset(takes, captions, "captions"),
    title: read(title, "title"),
    language,
  };
}

function asset(takes: Takes, node: NodeId, role: string): AssetPlace {
  return { $asset: needed(takeOf(takes, node).assets[role], `the take of ${node} has no ${role}`) };
}

function takeOf(takes: Takes, node: NodeId): TakeFacts {
  return needed(takes.get(node), `${node} has no take`);
}

function framesOfTake(takes: Takes, node: NodeId): number {
  return needed(takeOf(takes, node).frames, `the take of ${node} has no length`);
}

function needed<T>(value: T | null | undefined, otherwise: string): T {
  if (value === null || value === undefined) throw new Error(otherwise);
  return value;
}
