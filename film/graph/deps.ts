import type { NodeId, Recipe } from "../film.ts";
import type { ShotLength } from "../recipes/picture.ts";
import { nodeId, partsOf } from "../recipes/recipe.ts";
import type { CaptionsParams, CutParams, SequenceEntry } from "../recipes/sequence.ts";

/**
 * What a node depends on, read from its recipe alone, in an order that is part of the fingerprint. So a recipe that is put back brings its
 * dependencies with it. What people bring depends on nothing.
 */
export function depsOf(id: NodeId, recipe: Recipe): NodeId[] {
  const { kind, subject } = partsOf(id);
  if (recipe.tool === "upload") return [];
  switch (kind) {
    case "move":
    case "clip":
      return [nodeId("frame", subject), ...voicesIn(recipe.params as unknown as ShotLength)];
    case "captions":
      return unique(captionDeps(recipe.params as unknown as CaptionsParams));
    case "animatic":
    case "cut":
      return unique(cutDeps(recipe.params as unknown as CutParams));
    case "poster":
    case "preview":
      return [nodeId("cut", subject)];
    default:
      return [];
  }
}

const unique = (ids: NodeId[]): NodeId[] => [...new Set(ids)];

const voicesIn = ({ lines }: { lines: readonly { line: string }[] }): NodeId[] => lines.map(({ line }) => nodeId("voice", line));

const voicesOf = (entries: readonly SequenceEntry[]): NodeId[] => entries.flatMap(voicesIn);

function captionDeps({ entries }: CaptionsParams): NodeId[] {
  return [...voicesOf(entries), ...entries.flatMap(({ picture, length }) => (length === null ? [picture] : voicesIn(length)))];
}

function cutDeps({ entries, music, captions }: CutParams): NodeId[] {
  return [...entries.map(({ picture }) => picture), ...voicesOf(entries), ...music.flatMap(({ cue }) => cue ?? []), ...(captions === null ? [] : [captions])];
}
