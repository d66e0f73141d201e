/** Which model makes a step, and why: `docs/design/router.md` explains it. Pure: a record of a choice can be replayed to the same choice. */
import type { Recipe } from "../film.ts";
import { misfits, type Limits, type Misfit, type Wanted } from "./fits.ts";
import { beta, randomFrom, type Random } from "./random.ts";
import { noStats, type ModelStats } from "./stats.ts";

export interface Candidate {
  /** Our id of the model. */
  model: string;
  provider: string;
  /** A house model takes whatever a film asks for: it has no limits. */
  limits: Limits | null;
  lifecycle: "active" | "deprecated" | "sunset" | "retired";
  /** What it is thought to be until takes say more: 0 to 100. */
  quality: number;
  /** What this task costs with it; null: nothing is sold under that name. */
  credits: number | null;
  /** What this task is expected to take until there is a history. */
  seconds: number;
}

export interface ChoiceInput {
  tool: string;
  class: string;
  wish: Recipe["wish"];
  wanted: Wanted;
  /** The most that the task may cost; null: nobody says. */
  ceiling: number | null;
  /** Who made the others of its kind, where a film must not mix: its voices. It is taken again while it can be. */
  kept?: string | null;
  /** Providers that the studio allows beside the house; null: all. */
  providers: readonly string[] | null;
  candidates: readonly Candidate[];
  stats: Readonly<Record<string, ModelStats>>;
  /** Credits that this class has ordered lately, and those of them that were explorations. */
  spent: { credits: number; explored: number };
  seed: number;
}

export type Exclusion = { model: string } & (
  | { because: "misfit"; misfits: Misfit[] }
  | { because: "name" | "lifecycle" | "provider" | "price" | "ceiling" | "wish" }
);

export interface Score {
  model: string;
  credits: number;
  /** Expected seconds. */
  seconds: number;
  /** Credits that one that comes is expected to cost, tries that fail and what its provider really asks included; absent before version 2. */
  price?: number;
  /** Chance that it comes, and that it is gone on with. */
  good: number;
  score: number;
  /** The score with chances drawn instead of expected; null where nothing is drawn. */
  drawn: number | null;
}

export interface Choice {
  /** Null: nothing can do it; `excluded` says why. */
  model: string | null;
  credits: number;
  why: string;
  explored: boolean;
  /** Who may stand in, best first: nobody that costs more. */
  alternatives: string[];
  /** Best first. */
  scores: Score[];
  excluded: Exclusion[];
}

/**
 * How scores are made. 1: by the price, and the delay of what comes. 2: by what is expected to be paid and waited for until something comes, so that who fails is
 * neither cheap nor fast. A record is replayed by its own.
 */
export type Rules = 1 | 2;
const RULES: Rules = 2;

export interface ChoiceRecord {
  v: Rules;
  input: ChoiceInput;
  choice: Choice;
}

/** How much of a class's credits may go to models that are not thought the best. */
export const EXPLORED_SHARE = 0.05;
export const ALTERNATIVES_MAX = 3;
/** Jobs that what is declared of a model counts for. */
const PRIOR_JOBS = 4;

/** What a try that fails costs whoever waits for it, as a part of the dearest's price; of what is free it is nothing. */
const FAILED_TRY = 0.25;

/** What counts, by wish: a good take (0 to 1), and price and delay (each as a part of the dearest's, the slowest's). Who wishes for the best pays for it, and of two that are as good takes the cheaper. */
const weights = { cheapest: { good: 0, price: 1, delay: 0 }, fastest: { good: 0.1, price: 0, delay: 1 }, best: { good: 1, price: 0.03, delay: 0.01 } } as const;

/** Whether somebody else's model is asked for: then the house, which moves a camera over a panel, is no answer where there is one. */
const isHouse = ({ limits }: Candidate): boolean => limits === null;

/** Picks a model: what cannot or may not do it is left out, with the reason; the rest is scored by what is wished for. */
export function choose(input: ChoiceInput, rules: Rules = RULES): Choice {
  const { able, excluded } = sift(input);
  const random = randomFrom(input.seed);
  const scores = rank(input, able, { random, rules });
  const [first] = scores;
  if (!first) return { model: null, credits: 0, why: "nothing can do it", explored: false, alternatives: [], scores, excluded };
  const kept = input.wish === "best" ? scores.find(({ model }) => model === input.kept) : undefined;
  const ventured = kept ? null : explorable(input, scores);
  const picked = kept ?? ventured ?? first;
  const others = scores.filter(({ model, credits }) => model !== picked.model && credits <= picked.credits);
  const alternatives = input.wish.startsWith("model:") ? [] : others.slice(0, ALTERNATIVES_MAX).map(({ model }) => model);
  return { model: picked.model, credits: picked.credits, why: kept ? "the film's others of its kind are made by it" : reasonOf(input, { picked, scores, ventured, rules }), explored: ventured !== null, alternatives, scores, excluded };
}

/** How many others are offered. */
export const OFFERS_MAX = 3;

/**
 * Who else could make it, cheapest first: at a higher price, or by another name than was wished for. Nobody goes there by itself; it is what people are
 * asked about where none that the quote allows answers. Where a provider lets nobody in, its other models are no way out: they are named only where nobody else could.
 */
export function offersBeside(input: ChoiceInput, { model, alternatives }: Choice): { model: string; credits: number }[] {
  const allowed = new Set([model, ...alternatives]);
  const able = input.candidates.filter((candidate) => !allowed.has(candidate.model) && exclusionOf({ ...input, wish: "best" }, candidate) === null);
  const asked = new Set(input.candidates.flatMap((candidate) => (allowed.has(candidate.model) ? [candidate.provider] : [])));
  const elsewhere = able.filter(({ provider }) => !asked.has(provider));
  return (elsewhere.length > 0 ? elsewhere : able)
    .map((candidate) => ({ model: candidate.model, credits: candidate.credits ?? 0, quality: candidate.quality }))
    .sort((a, b) => a.credits - b.credits || b.quality - a.quality || (a.model < b.model ? -1 : 1)).slice(0, OFFERS_MAX).map(({ model: id, credits }) => ({ model: id, credits }));
}

export const recordOf = (input: ChoiceInput): ChoiceRecord => ({ v: RULES, input, choice: choose(input) });

/** Makes a recorded choice again, from what it was made from. */
export const replay = ({ v, input }: ChoiceRecord): Choice => choose(input, v);

function sift(input: ChoiceInput): { able: Candidate[]; excluded: Exclusion[] } {
  const able: Candidate[] = [];
  const excluded: Exclusion[] = [];
  for (const candidate of input.candidates) {
    const because = exclusionOf(input, candidate);
    if (because === null) able.push(candidate);
    else excluded.push({ model: candidate.model, ...because });
  }
  // Who wishes for the best gets a real model or is told why not, where this deployment has any for the tool that may be used.
  const realOnes = input.candidates.some((candidate) => !isHouse(candidate) && excluded.every(({ model, because }) => model !== candidate.model || because === "misfit" || because === "ceiling"));
  if (input.wish !== "best" || !realOnes) return { able, excluded };
  const house = able.filter(isHouse).map(({ model }): Exclusion => ({ model, because: "wish" }));
  return { able: able.filter((candidate) => !isHouse(candidate)), excluded: [...excluded, ...house] };
}

function exclusionOf({ wish, wanted, providers, ceiling }: ChoiceInput, candidate: Candidate): Omit<Extract<Exclusion, { because: "misfit" }>, "model"> | { because: "name" | "lifecycle" | "provider" | "price" | "ceiling" } | null {
  const { model, provider, limits, lifecycle, credits } = candidate;
  if (wish.startsWith("model:") && model !== wish.slice("model:".length)) return { because: "name" };
  if (lifecycle === "sunset" || lifecycle === "retired") return { because: "lifecycle" };
  if (providers !== null && limits !== null && !providers.includes(provider)) return { because: "provider" };
  const wrong = limits === null ? [] : misfits(limits, wanted);
  if (wrong.length > 0) return { because: "misfit", misfits: wrong };
  if (credits === null) return { because: "price" };
  return ceiling !== null && credits > ceiling ? { because: "ceiling" } : null;
}

const chances = ({ quality }: Candidate, stats: ModelStats) => {
  const liked = 0.3 + (0.6 * quality) / 100;
  return {
    accepted: { a: PRIOR_JOBS * liked + stats.accepted, b: PRIOR_JOBS * (1 - liked) + stats.retaken },
    delivered: { a: PRIOR_JOBS * 0.95 + stats.delivered, b: PRIOR_JOBS * 0.05 + stats.failed },
  };
};

const mean = ({ a, b }: { a: number; b: number }): number => a / (a + b);

/** A price as it has been lately: what its provider said that it cost counts as what is declared does. */
const priceOf = ({ credits }: Candidate, { cost }: ModelStats): number => (credits ?? 0) * (cost ? (cost.part * cost.weight + PRIOR_JOBS) / (cost.weight + PRIOR_JOBS) : 1);

function rank({ wish, stats }: ChoiceInput, able: readonly Candidate[], { random, rules }: { random: Random; rules: Rules }): Score[] {
  const by = weights[wish === "fastest" || wish === "best" ? wish : "cheapest"];
  const known = [...able].sort((a, b) => (a.model < b.model ? -1 : 1)).map((candidate) => {
    const own = stats[candidate.model] ?? noStats;
    // A declared delay counts for as many jobs as a declared quality does.
    const seconds = own.seconds === null ? candidate.seconds : (own.seconds * own.delivered + candidate.seconds * PRIOR_JOBS) / (own.delivered + PRIOR_JOBS);
    return { candidate, seconds, credits: candidate.credits ?? 0, real: priceOf(candidate, own), ...chances(candidate, own) };
  });
  const dearest = Math.max(1e-9, ...known.map(({ credits }) => credits));
  const slowest = Math.max(1e-9, ...known.map(({ seconds }) => seconds));
  const scored = known.map(({ candidate, seconds, credits, real, accepted, delivered }): Score & { candidate: Candidate } => {
    const comes = mean(delivered);
    const price = real === 0 ? 0 : real / comes + FAILED_TRY * dearest * (1 / comes - 1);
    const [paid, waited] = rules === 1 ? [credits, seconds] : [price, seconds / comes];
    const scoreWith = (good: number) => by.good * good - by.price * (paid / dearest) - by.delay * (waited / slowest);
    const good = mean(accepted) * comes;
    return { candidate, model: candidate.model, credits, seconds, ...(rules > 1 && { price }), good, score: scoreWith(good), drawn: wish === "best" ? scoreWith(beta(random, accepted) * beta(random, delivered)) : null };
  });
  const order = scored.sort((a, b) => b.score - a.score || Number(isHouse(b.candidate)) - Number(isHouse(a.candidate)) || b.good - a.good || (a.model < b.model ? -1 : 1));
  return order.map(({ candidate: _candidate, ...score }) => score);
}

/**
 * Thompson sampling: of chances drawn from what is known, who would be the best? If it is not who is thought the best, it is tried, unless that cost
 * more than the item, or more than the share of the class's credits that is set aside for trying.
 */
function explorable({ tool, wish, spent }: ChoiceInput, scores: readonly Score[]): Score | null {
  const [first] = scores;
  // A character that speaks with another voice for one line is worth no lesson.
  if (wish !== "best" || tool === "voice" || !first) return null;
  const drawn = scores.filter(({ credits }) => credits <= first.credits).reduce((best, other) => ((other.drawn ?? -Infinity) > (best.drawn ?? -Infinity) ? other : best), first);
  if (drawn.model === first.model) return null;
  return spent.explored + drawn.credits <= EXPLORED_SHARE * (spent.credits + drawn.credits) ? drawn : null;
}

function reasonOf({ wish }: ChoiceInput, { picked, scores, ventured, rules }: { picked: Score; scores: readonly Score[]; ventured: Score | null; rules: Rules }): string {
  if (wish.startsWith("model:")) return "wished for by name";
  if (scores.length === 1) return "the only one that can";
  if (ventured !== null) return `tried, to learn about it: ${scores[0]?.model} is thought the best of ${scores.length}`;
  if (wish === "best") return `best of ${scores.length}: ${Math.round(picked.good * 100)} of 100 takes are thought to be good`;
  const lowest = Math.min(...scores.map(({ credits, seconds }) => (wish === "fastest" ? seconds : credits)));
  const isMoreReliable = rules > 1 && lowest < (wish === "fastest" ? picked.seconds : picked.credits);
  if (isMoreReliable) return `${wish === "fastest" ? "fastest" : "cheapest"} of ${scores.length} that can be relied on: ${wish === "fastest" ? `about ${Math.round(picked.seconds)} seconds` : `${picked.credits} credits`}`;
  return wish === "fastest" ? `fastest of ${scores.length}: about ${Math.round(picked.seconds)} seconds` : `cheapest of ${scores.length}: ${picked.credits} credits`;
}

/** Of those that were left out for what they cannot do, the one that comes nearest: what to say to whoever asked. `seconds`: the length that was wanted. */
export function nearestMiss({ excluded }: Choice, candidates: readonly Candidate[], seconds: number | null): { model: string; misfits: Misfit[] } | null {
  const quality = new Map(candidates.map((candidate) => [candidate.model, candidate.quality]));
  const missed = excluded.flatMap((one) => (one.because === "misfit" ? [{ model: one.model, misfits: one.misfits }] : []));
  // Whose length comes nearest is named before whoever has it and lacks something else.
  const away = (miss: { misfits: Misfit[] }) => Math.min(1e9, ...miss.misfits.flatMap(({ field, nearest }) => (field === "seconds" && typeof nearest === "number" ? [Math.abs(nearest - (seconds ?? 0))] : [])));
  return missed.sort((a, b) => a.misfits.length - b.misfits.length || away(a) - away(b) || (quality.get(b.model) ?? 0) - (quality.get(a.model) ?? 0) || (a.model < b.model ? -1 : 1))[0] ?? null;
}
