import { aspects, FRAME_RATE, wishableKinds, type Wish, type WishableKind } from "#film/film.ts";
import { priceCard, priceOf } from "#film/prices.ts";
import { choose, type Candidate } from "#film/routing/choose.ts";
import { misfits, type Limits, type Misfit, type Wanted } from "#film/routing/fits.ts";
import type { FilmNode, Model, Project, Shot } from "#lib/api/types.ts";

/** A node that is to be made, as far as its price and what models can do depend on it. Null: not known before it is made. */
export interface Piece {
  node: string;
  kind: WishableKind;
  seconds: number | null;
  /** What is spoken. */
  letters: number | null;
  aspect: Project["aspect"];
  language: string;
}

export const isWishable = (kind: string): kind is WishableKind => wishableKinds.some((known) => known === kind);

/** Nodes of a kind as pieces, with their lengths as the shots say now. */
export function piecesOf(nodes: readonly FilmNode[], { project, shots }: { project: Pick<Project, "aspect" | "language">; shots: readonly Shot[] }): Piece[] {
  const byId = new Map(shots.map((shot) => [shot.id, shot]));
  const lines = new Map(shots.flatMap((shot) => shot.lines.map((line) => [line.id, line] as const)));
  return nodes.flatMap(({ id, kind, shot, line, take }): Piece[] => {
    if (!isWishable(kind)) return [];
    const own = shot === null ? undefined : byId.get(shot);
    const made = take?.frames ? take.frames / FRAME_RATE : null;
    return [{
      node: id, kind, aspect: project.aspect, language: project.language,
      seconds: kind === "clip" ? (own?.seconds ?? made) : kind === "music" ? made : null,
      letters: kind === "voice" && line !== null ? (lines.get(line)?.text.length ?? null) : null,
    }];
  });
}

const wantedOf = ({ kind, seconds, letters, aspect, language }: Piece): Wanted => ({
  seconds, aspect: kind === "clip" || kind === "frame" ? aspect : null, resolution: null, firstFrame: kind === "clip" ? "have" : "none", letters, language: kind === "voice" ? language : null,
});

/** What a model can be asked for, as the router knows it. A film says no resolution, so that those are left out. */
const limitsOf = ({ accepts }: Model): Limits | null => accepts && { ...accepts, aspects: aspects.filter((aspect) => accepts.aspects.includes(aspect)), resolutions: [] };

/** What a model cannot do of a piece. */
export function misfitsOf(model: Model, piece: Piece): Misfit[] {
  const limits = limitsOf(model);
  return limits ? misfits(limits, wantedOf(piece)) : [];
}

/** What a piece costs with a model, by today's card; null where it is not sold with it. */
export const creditsOf = (model: string, { kind, seconds, letters }: Piece): number | null =>
  priceOf(priceCard, { tool: kind, model, frames: seconds === null ? null : Math.round(seconds * FRAME_RATE), ...(letters !== null && { letters }) })?.credits ?? null;

/** Seconds that it takes by what is declared of it. */
export const secondsOf = ({ speed }: Model, { seconds }: Pick<Piece, "seconds">): number => speed.seconds + speed.perSecond * (seconds ?? 4);

const candidateOf = (model: Model, piece: Piece): Candidate => ({
  model: model.id, provider: model.provider, limits: limitsOf(model), lifecycle: model.lifecycle, quality: model.quality, credits: creditsOf(model.id, piece), seconds: secondsOf(model, piece),
});

export interface Forecast {
  credits: number;
  /** Seconds of the slowest of the pieces: they are made side by side. */
  seconds: number;
  /** Models that would make them, the one that makes most of them first. */
  models: string[];
  /** Pieces that nobody can make so, and in what they do not fit. */
  unable: { piece: Piece; misfits: Misfit[] }[];
}

/** What pieces would take with a wish: by the router's own rules, as far as they go without its experience. Null where nothing of that kind can be had here. */
export function forecast(wish: Wish, { pieces, models }: { pieces: readonly Piece[]; models: readonly Model[] }): Forecast | null {
  const unable: Forecast["unable"] = [];
  const counts = new Map<string, number>();
  let [credits, seconds] = [0, 0];
  for (const piece of pieces) {
    const candidates = models.filter(({ tool, available }) => tool === piece.kind && available).map((model) => candidateOf(model, piece));
    const choice = choose({ tool: piece.kind, class: "", wish, wanted: wantedOf(piece), ceiling: null, providers: null, candidates, stats: {}, spent: { credits: 0, explored: 0 }, seed: 0 });
    const score = choice.scores.find(({ model }) => model === choice.model);
    if (choice.model === null || !score) {
      unable.push({ piece, misfits: choice.excluded.flatMap((one) => (one.because === "misfit" ? one.misfits : [])).slice(0, 1) });
      continue;
    }
    counts.set(choice.model, (counts.get(choice.model) ?? 0) + 1);
    credits += choice.credits;
    seconds = Math.max(seconds, score.seconds);
  }
  if (pieces.length === 0 || (counts.size === 0 && unable.every(({ misfits: missed }) => missed.length === 0))) return null;
  return { credits, seconds, models: [...counts].toSorted((a, b) => b[1] - a[1]).map(([model]) => model), unable };
}

export const plainWishes = ["cheapest", "fastest", "best"] as const;

/** The model that a wish names, or null. */
export const modelNamed = (wish: string): string | null => (wish.startsWith("model:") ? wish.slice("model:".length) : null);
