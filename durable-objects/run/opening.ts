/**
 * How a run opens: hold, mark the quote used, claim what it will make; then it runs, or everything is undone. Each step is idempotent and is
 * stored before the next begins, so that an alarm resumes it wherever it stopped.
 */
import type { Json, TakeFacts } from "#film/film.ts";
import type { HoldOutcome, ReachedCeiling } from "#objects/wallet/commands.ts";
import { newJob, type RunBook } from "./book.ts";
import { projectOf, snapshotKey, type Snapshot } from "./snapshot.ts";

/** A hold outlives its run's deadline by this, for captures that are under way. */
export const HOLD_MARGIN_MS = 3_600_000;
const CLAIM_TRIES_MAX = 3;

export interface OpenInput {
  run: string;
  quote: string;
  studio: string;
  actor: { member: string | null; apiKey: string | null };
  /** The caller's Idempotency-Key: only a repeat under it is answered as if it were the first. */
  key: string | null;
  requestId: string;
}

type CreditsRefusal = { code: "credits"; need: number; available: number; held: number } & (
  | { why: "insufficient" | "debt" }
  | { why: "held_elsewhere"; runs: { run: string; credits: number }[] }
  | { why: "ceiling_reached"; ceiling: ReachedCeiling }
);

export type Refusal =
  | { code: "quote_unknown" | "quote_expired" | "quote_used" | "frozen" }
  | CreditsRefusal
  | { code: "overlaps"; run: string }
  | { code: "limit"; most: number };

export interface Opening {
  input: OpenInput;
  at: number;
  /** How often this quote was tried; each try has a hold of its own. */
  tries: number;
  step: "hold" | "mark" | "claim" | "undo" | "closed" | "open";
  refusal: Refusal | null;
  /** By which rules its run was decided when it opened; absent in runs of before they were counted: by the first. */
  rules?: number;
}

export type Stepped =
  | { to: Opening["step"]; refusal?: Refusal }
  | { to: "open"; snapshot: Snapshot; takes: TakeFacts[] };

export const holdIdOf = ({ input, tries }: Opening): string => `${input.run.replace(/^run_/, "hold_")}_${tries}`;

/** Does the step that is due. Throws where it is not known what happened: then the same step is done again. */
export async function step(env: Env, opening: Opening): Promise<Stepped> {
  switch (opening.step) {
    case "hold":
      return takeHold(env, opening);
    case "mark":
      return markQuote(env, opening);
    case "claim":
      return claim(env, opening);
    case "undo":
      return undo(env, opening);
    default:
      return { to: opening.step };
  }
}

async function snapshotOf(env: Env, { studio, quote }: OpenInput): Promise<Snapshot | null> {
  const stored = await env.MEDIA.get(snapshotKey(studio, quote));
  return stored ? stored.json<Snapshot>() : null;
}

async function takeHold(env: Env, opening: Opening): Promise<Stepped> {
  const { input, at } = opening;
  const snapshot = await snapshotOf(env, input);
  if (!snapshot) return { to: "closed", refusal: { code: "quote_unknown" } };
  if (at >= snapshot.expiresAt) return { to: "closed", refusal: { code: "quote_expired" } };
  const hold = holdIdOf(opening);
  const outcome: HoldOutcome = await env.WALLET.getByName(input.studio).hold({
    key: `hold:${hold}`, hold, credits: snapshot.credits, expiresAt: at + snapshot.deadlineMs + HOLD_MARGIN_MS,
    ref: { run: input.run, project: projectOf(snapshot), member: input.actor.member, apiKey: input.actor.apiKey },
  });
  if (outcome.ok) return { to: "mark" };
  return { to: "closed", refusal: refusalOf(outcome) };
}

/** What a wallet's no means for the run. Throws where it is none, so that the same hold is asked for again. */
function refusalOf(outcome: Exclude<HoldOutcome, { ok: true }>): Refusal {
  switch (outcome.code) {
    case "insufficient":
    case "debt":
      return { code: "credits", why: outcome.code, ...figuresOf(outcome) };
    case "held_elsewhere":
      return { code: "credits", why: outcome.code, ...figuresOf(outcome), runs: outcome.holds.map(({ run, credits }) => ({ run, credits })) };
    case "ceiling_reached":
      return { code: "credits", why: outcome.code, ...figuresOf(outcome), ceiling: outcome.ceiling };
    case "frozen":
      return { code: "frozen" };
    default:
      throw new Error(`the wallet answered ${outcome.code}`);
  }
}

const figuresOf = ({ need, available, held }: { need: number; available: number; held: number }) => ({ need, available, held });

async function markQuote(env: Env, { input }: Opening): Promise<Stepped> {
  const { meta } = await env.DB.prepare("UPDATE quotes SET status = 'used', run = ?1 WHERE id = ?2 AND studio = ?3 AND (status = 'open' OR run = ?1)")
    .bind(input.run, input.quote, input.studio).run();
  return meta.changes > 0 ? { to: "claim" } : { to: "undo", refusal: { code: "quote_used" } };
}

async function claim(env: Env, { input, at }: Opening): Promise<Stepped> {
  const snapshot = await snapshotOf(env, input);
  if (!snapshot) return { to: "undo", refusal: { code: "quote_unknown" } };
  const { project, freeRunsMax } = snapshot;
  const fingerprints = JSON.stringify(snapshot.steps.map(({ step: { fingerprint } }) => fingerprint));
  const claimed = "FROM claims AS c JOIN json_each(?2) AS f ON c.project = ?1 AND c.fingerprint = f.value WHERE c.run <> ?3";
  for (let tries = 0; tries < CLAIM_TRIES_MAX; tries += 1) {
    try {
      const results = await env.DB.batch<TakeRow>([
        env.DB.prepare(`INSERT INTO guards (ok) SELECT 0 WHERE EXISTS (SELECT 1 ${claimed})`).bind(project, fingerprints, input.run),
        env.DB.prepare("INSERT INTO guards (ok) SELECT 0 WHERE ?3 >= 0 AND (SELECT count(*) FROM open_runs WHERE studio = ?1 AND free = 1 AND run <> ?2) >= ?3").bind(input.studio, input.run, freeRunsMax ?? -1),
        env.DB.prepare("INSERT OR IGNORE INTO open_runs (run, studio, project, free, opened_at) VALUES (?1, ?2, ?3, ?4, ?5)").bind(input.run, input.studio, project, freeRunsMax === null ? 0 : 1, at),
        env.DB.prepare("INSERT OR IGNORE INTO claims (project, fingerprint, run) SELECT ?1, value, ?3 FROM json_each(?2)").bind(project, fingerprints, input.run),
        env.DB.prepare("SELECT t.id, t.node, t.fingerprint, t.frames, t.assets, t.facts, t.created_at FROM takes AS t JOIN json_each(?2) AS f ON t.project = ?1 AND t.fingerprint = f.value").bind(project, fingerprints),
      ]);
      return { to: "open", snapshot, takes: (results[4]?.results ?? []).map(toFacts) };
    } catch (error) {
      if (!String(error).includes("guard_failed")) throw error;
    }
    const other = await env.DB.prepare(`SELECT c.run ${claimed} LIMIT 1`).bind(project, fingerprints, input.run).first<{ run: string }>();
    if (other) return { to: "undo", refusal: { code: "overlaps", run: other.run } };
    const open = await env.DB.prepare("SELECT count(*) AS count FROM open_runs WHERE studio = ?1 AND free = 1 AND run <> ?2").bind(input.studio, input.run).first<{ count: number }>();
    if (freeRunsMax !== null && (open?.count ?? 0) >= freeRunsMax) return { to: "undo", refusal: { code: "limit", most: freeRunsMax } };
  }
  throw new Error("other runs come and go too quickly");
}

async function undo(env: Env, opening: Opening): Promise<Stepped> {
  const { input } = opening;
  await env.DB.batch([
    env.DB.prepare("DELETE FROM claims WHERE run = ?1").bind(input.run),
    env.DB.prepare("DELETE FROM open_runs WHERE run = ?1").bind(input.run),
    env.DB.prepare("UPDATE quotes SET status = 'open', run = NULL WHERE id = ?1 AND run = ?2").bind(input.quote, input.run),
  ]);
  const hold = holdIdOf(opening);
  const outcome = await env.WALLET.getByName(input.studio).release({ key: `release:${hold}`, hold, cause: "compensated" });
  if (!outcome.ok && outcome.code !== "hold_unknown" && outcome.code !== "hold_closed") throw new Error(`the wallet answered ${outcome.code}`);
  return { to: "closed" };
}

interface TakeRow {
  id: string;
  node: TakeFacts["node"];
  fingerprint: string;
  frames: number | null;
  assets: string;
  facts: string;
  created_at: number;
}

const toFacts = ({ id, node, fingerprint, frames, assets, facts, created_at: createdAt }: TakeRow): TakeFacts =>
  ({ id, node, fingerprint, frames, assets: JSON.parse(assets) as TakeFacts["assets"], values: JSON.parse(facts) as TakeFacts["values"], createdAt });

/** The book of a run that has just opened. Steps whose takes exist already are done at 0. */
export function bookOf(opening: Opening, { snapshot, takes }: { snapshot: Snapshot; takes: TakeFacts[] }): RunBook {
  const { input, at } = opening;
  const { project, target, priority, credits, priceCard, seconds, deadlineMs, freeRunsMax, steps } = snapshot;
  const book: RunBook = {
    run: input.run, hold: holdIdOf(opening), studio: input.studio, project, quote: input.quote, target: target as Json, actor: input.actor, requestId: input.requestId,
    state: "running", waitingFor: null, waitingUntil: null, priority, credits, captured: 0, returned: 0, isFree: freeRunsMax !== null, priceCard, seconds, openedAt: at, deadlineAt: at + deadlineMs,
    finishedAt: null, settlement: null, jobs: new Map(steps.map((quoted) => [quoted.step.id, newJob(quoted)])), stepOf: new Map(steps.map(({ job, step: { id } }) => [job, id])),
  };
  const made = new Map(takes.map((take) => [take.fingerprint, take]));
  for (const job of book.jobs.values()) {
    const take = made.get(job.quoted.step.fingerprint);
    if (take) Object.assign(job, { state: "succeeded", take, progress: 100, text: "Made already", finishedAt: at });
  }
  return book;
}
