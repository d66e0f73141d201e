import type { StudioCtx } from "#core/context.ts";
import type { Provenance } from "#domains/generation/index.ts";
import { assetsById } from "#domains/media/index.ts";
import { NARRATOR, type Film } from "#film/film.ts";
import type { FrozenDetails } from "./details.ts";

/** The roles in which a part's output is a still picture, best first. */
const pictures = ["panel", "jpeg1280"] as const;

async function scriptOf(ctx: StudioCtx, film: Film): Promise<string> {
  const object = film.script === null ? null : await ctx.env.MEDIA.get(`scripts/${film.script}`);
  return object ? object.text() : "";
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Everything that a film's tabs could show, as it was when the film was made: the script of that version, each part and its maker, each voice. */
export async function freeze(ctx: StudioCtx, { film, parts }: Provenance): Promise<FrozenDetails> {
  const shown = parts.map((part) => ({ part, image: pictures.map((role) => part.take.assets[role]).find((id) => id !== undefined), audio: part.take.assets["audio"] }));
  const assets = await assetsById(ctx, shown.flatMap(({ image, audio }) => [image, audio].filter((id) => id !== undefined)));
  const keyOf = (id: string | undefined) => (id === undefined ? null : (assets.get(id)?.key ?? null));
  const names = new Map(film.characters.map(({ id, name }) => [id, name]));
  const lines = new Map(film.lines.map((line) => [line.id, line]));
  return {
    script: await scriptOf(ctx, film),
    production: shown.filter(({ part }) => part.kind !== "voice").map(({ part, image }) => ({
      node: part.node, kind: part.kind, label: part.label, tool: part.take.tool, model: part.take.model, provider: part.take.provider,
      prompt: textOf(part.recipe.params["description"]), seconds: part.take.frames === null ? null : part.take.frames / 24, imageKey: keyOf(image),
    })),
    voiceovers: shown.filter(({ part }) => part.kind === "voice").map(({ part, audio }) => {
      const character = lines.get(part.node.slice("voice:".length))?.character ?? NARRATOR;
      return {
        node: part.node, character: character === NARRATOR ? "Narrator" : (names.get(character) ?? "Unknown"), text: textOf(part.recipe.params["text"]),
        cast: textOf(part.recipe.params["cast"]), audioKey: keyOf(audio),
      };
    }),
  };
}
