/** What a vendor made is handed to the house before anything of it is accepted: to be fitted into the film, or to be written anew and listened to. */
import type { Ctx } from "#core/context.ts";
import type { Json } from "#film/film.ts";
import type { Call, Provider, Sight } from "../providers/provider.ts";
import { bad, held, later, type NotFetched } from "./fetching.ts";
import { keepFor } from "./keeping.ts";
import { submissionId, type Attempt } from "./webhook-url.ts";

/** A link to a vendor's file outlives the longest work on it. */
export const LINK_SECONDS = 6 * 3_600;
const SUBMIT_TIMEOUT_MS = 10_000;

/** What is done to which file of a submission. */
export interface Fitting {
  studio: string;
  attempt: Pick<Attempt, "job" | "attempt">;
  /** How often it was tried to bring it in, this time included. */
  fetch: number;
  model: "conform" | "remux";
  /** Tells a file from others of the same submission. */
  role?: string;
  /** What is said while it is done. */
  text: string;
}

/**
 * Has the house work on a file, or looks at how far it is. Where it failed for a reason of its own, each fetch has it try once more: the result is paid for.
 * A new file is asked for at once; else it is looked up first, since its link is another each time and the house takes an id for one input.
 */
export async function fit(ctx: Ctx, house: { provider: Provider; call: Call }, fitting: Fitting, { isNew, input }: { isNew: boolean; input: () => Promise<Json> }): Promise<{ output: { [key: string]: Json } } | NotFetched> {
  const sight = await seen(ctx, house, fitting, { isNew, input });
  switch (sight?.state) {
    case "running":
      return { ok: false, again: "wait", problem: { code: "conforming", detail: fitting.text } };
    case "succeeded":
      return { output: sight.output as { [key: string]: Json } };
    case "failed":
      return sight.retry === "never" ? bad(sight.problem.detail) : later("the house could not work on it");
    case undefined:
      return held;
    default:
      return later("the house's work on it was broken off");
  }
}

/** Null where the house does not answer. */
async function seen(ctx: Ctx, { provider, call }: { provider: Provider; call: Call }, { studio, attempt, fetch, model, role }: Fitting, { isNew, input }: { isNew: boolean; input: () => Promise<Json> }): Promise<Sight | null> {
  const keep = keepFor(ctx, studio, attempt);
  const idOf = (time: number): string => [submissionId(attempt), model, ...(role === undefined ? [] : [role]), ...(time === 1 ? [] : [time])].join("-");
  for (let time = isNew ? 0 : fetch; time >= 1; time -= 1) {
    const sight = await provider.lookup(call, { id: idOf(time), sentAt: ctx.now(), keep });
    if (sight.state === "silent") return null;
    if (sight.state === "failed" && sight.retry === "later" && time < fetch) break;
    if (sight.state !== "not_found") return sight;
  }
  const answer = await provider.submit(call, { model: `dailies/${model}`, version: null, id: idOf(fetch), webhookUrl: null, signal: AbortSignal.timeout(SUBMIT_TIMEOUT_MS), keep, request: { tool: "house", input: await input() } });
  const isRefused = answer.end === "rejected" && answer.retry === "never";
  return answer.sight ?? (isRefused ? { state: "failed", ticket: null, problem: answer.problem, retry: "later", costMicros: null } : null);
}
