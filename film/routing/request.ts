import type { NodeId, Recipe, TakeFacts } from "../film.ts";
import { FRAME_RATE } from "../film.ts";
import type { Recipes } from "../graph/derive.ts";
import { seedFrom } from "../hash.ts";
import { recipeFrames } from "../inputs/frames.ts";
import type { RequestOf, Resolution } from "../inputs/model-request.ts";
import { variantSeed, voiceInput, type AssetPlace, type Making } from "../inputs/tool-input.ts";
import type { MusicParams } from "../recipes/extras.ts";
import type { FrameParams } from "../recipes/frame.ts";
import type { PictureParams } from "../recipes/picture.ts";
import { nodeId, partsOf } from "../recipes/recipe.ts";
import type { VoiceParams } from "../recipes/voice.ts";
import { cutAtWord, motionWords, musicWords, pictureWords } from "./words.ts";

/** What of a model's limits its requests are written to. A quote freezes it, so that a job is asked for as it was priced. */
export interface Asking {
  /** Letters (UTF-16 code units) of a prompt or text. */
  promptMax: number;
  resolution: Resolution;
  /** Whether it is given the shot's panel as its first frame. */
  firstFrame: boolean;
}

/** A request whose files still have the place of their links (`{ $asset }`), as in a tool's input. */
export type PlacedRequest = RequestOf<"frame"> | (Omit<RequestOf<"clip">, "firstFrame"> & { firstFrame: AssetPlace | null }) | RequestOf<"voice"> | RequestOf<"music">;

/**
 * What a step is to make, in words and uncut; null for a tool that no other model serves. A clip's recipe does not say what is in the picture: that is
 * its shot's frame, as the film has it. So the words are worked out when the quote is made, and kept with it.
 */
export function wordsOf(recipes: Pick<Recipes, "derived" | "effective">, { node, recipe }: Pick<Making, "node" | "recipe">): string | null {
  switch (recipe.tool) {
    case "frame":
      return pictureWords(recipe.params as FrameParams);
    case "clip": {
      const frame = pictureOf(recipes, nodeId("frame", partsOf(node).subject));
      return motionWords(frame === null ? "" : pictureWords(frame.params as FrameParams), (recipe.params as PictureParams).cameraMove).trim();
    }
    case "voice":
      return (recipe.params as VoiceParams).text;
    case "music":
      return musicWords((recipe.params as MusicParams).mood);
    default:
      return null;
  }
}

/** A picture that people brought says nothing in words: then the script's does. */
function pictureOf({ derived, effective }: Pick<Recipes, "derived" | "effective">, frame: NodeId): Recipe | null {
  const own = effective(frame);
  return own?.tool === "frame" ? own : derived(frame);
}

/**
 * What a model of somebody else's is asked for, to make a step: the same for the same inputs. Null for a tool that has no request. Throws where a take
 * that it is made from is missing: a step is not ready before it has them.
 */
export function requestOf(step: Making, input: { words: string; takes: ReadonlyMap<NodeId, TakeFacts>; asking: Asking }): PlacedRequest | null {
  const { recipe, node } = step;
  const { takes, asking } = input;
  const prompt = cutAtWord(input.words, asking.promptMax);
  switch (recipe.tool) {
    case "frame": {
      const { aspect, seed } = recipe.params as FrameParams;
      return { tool: "frame", prompt, aspect, seed: variantSeed(seed, recipe.variant) };
    }
    case "clip": {
      const { aspect, seed } = recipe.params as PictureParams;
      const frames = recipeFrames(recipe, takes);
      if (frames === null) throw new Error(`${node} has a voice that is not measured`);
      return { tool: "clip", prompt, seconds: frames / FRAME_RATE, aspect, resolution: asking.resolution, firstFrame: asking.firstFrame ? panelOf(node, takes) : null, seed: variantSeed(seed, recipe.variant) };
    }
    case "voice": {
      const { cast, language } = recipe.params as VoiceParams;
      return { tool: "voice", text: input.words, voice: cast, language, pace: voiceInput(recipe.params as VoiceParams, recipe.variant).pace, seed: seedFrom(node, cast, recipe.variant) };
    }
    case "music": {
      const { seconds, seed } = recipe.params as MusicParams;
      return { tool: "music", prompt, seconds, seed: variantSeed(seed, recipe.variant) };
    }
    default:
      return null;
  }
}

function panelOf(clip: NodeId, takes: ReadonlyMap<NodeId, TakeFacts>): AssetPlace {
  const frame = nodeId("frame", partsOf(clip).subject);
  const panel = takes.get(frame)?.assets["panel"];
  if (panel === undefined) throw new Error(`${frame} has no panel yet`);
  return { $asset: panel };
}
