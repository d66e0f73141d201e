/** Why a model did not write, told from the AI SDK's errors. Nothing of a vendor's words leaves here. */
import type { APICallError, NoObjectGeneratedError } from "ai";
import { failedAtOnce } from "../providers/kept.ts";
import type { Problem, Sight, Submission } from "../providers/provider.ts";
import { waitMs } from "../providers/wording.ts";
import type { Tokens } from "./models.ts";

/**
 * `not_configured`: nothing here can write. `not_let_in`: our key, account or set-up is at fault. `refused`: it broke the model's rules. `unreadable`: what
 * came fits no schema. `too_long`: it does not fit into the model. `busy`: no room now. `lost`: no answer came, and it may have been paid for.
 */
export type WhyNot = "not_configured" | "not_let_in" | "refused" | "unreadable" | "too_long" | "busy" | "lost";

export interface Failure {
  because: WhyNot;
  tokens: Tokens;
  /** Milliseconds that the provider asks us to wait, where it is busy. */
  retryAfterMs: number | null;
}

const NONE: Tokens = { input: 0, output: 0 };
const BUSY_WAIT_SECONDS = 15;

const failure = (because: WhyNot, tokens: Tokens = NONE, retryAfterMs: number | null = null): Failure => ({ because, tokens, retryAfterMs });

export interface SdkErrors {
  APICallError: typeof APICallError;
  NoObjectGeneratedError: typeof NoObjectGeneratedError;
}

/** What an error of the SDK means. */
export function failureOf(error: unknown, errors: SdkErrors, now: number): Failure {
  if (errors.NoObjectGeneratedError.isInstance(error)) {
    const tokens = { input: error.usage?.inputTokens ?? 0, output: error.usage?.outputTokens ?? 0 };
    if (error.finishReason === "content-filter") return failure("refused", tokens);
    if (error.finishReason === "length") return failure("too_long", tokens);
    // It stopped of itself and wrote nothing: that is how some refuse.
    return failure((error.text ?? "") === "" ? "refused" : "unreadable", tokens);
  }
  if (!errors.APICallError.isInstance(error)) return /no output generated|content.?filter|\brefusal\b/i.test(String(error)) ? failure("refused") : failure("lost");
  const { statusCode, responseHeaders = {}, responseBody = "" } = error;
  const wait = waitMs(new Headers(responseHeaders), { now, otherwiseSeconds: BUSY_WAIT_SECONDS });
  switch (statusCode) {
    case 200:
      // An answer that broke off has no body to show.
      if (responseBody === "") return failure("lost");
      return failure(/"blockReason"/.test(responseBody) ? "refused" : "unreadable");
    case 400:
    case 422:
      if (/safety|PROHIBITED_CONTENT|content_policy|moderation/i.test(responseBody)) return failure("refused");
      return failure(/context_length|too long|maximum context|too many tokens/i.test(responseBody) ? "too_long" : "not_let_in");
    case 413:
      return failure("too_long");
    case 401:
    case 402:
    case 403:
    case 404:
      return failure("not_let_in");
    case 429:
      return /insufficient_quota|billing/.test(responseBody) ? failure("not_let_in") : failure("busy", NONE, wait);
    case 503:
    case 529:
      return failure("busy", NONE, wait);
    default:
      return failure("lost");
  }
}

/** What was sent to a model, as people call it, and what stands where it did not write. */
const sentences: Record<"script" | "message", { thing: string; stands: string }> = {
  script: { thing: "this script", stands: "The breakdown by rules stands, and nothing was charged." }, message: { thing: "this message", stands: "Nothing was charged." },
};

/** How a submission ends whose model did not write. `unproven`: it said twice what the script does not. */
export function refusalOf({ because, retryAfterMs }: { because: WhyNot | "unproven" | null; retryAfterMs: number | null }, what: keyof typeof sentences): Submission {
  const { thing, stands } = sentences[what];
  const rejected = (problem: Problem, retry: "later" | "never", after: number | null = null): Submission => ({ end: "rejected", problem, retry, retryAfterMs: after });
  const bad = (detail: string): Submission => rejected({ code: "bad_output", detail: `${detail} ${stands}` }, "never");
  switch (because) {
    case "busy":
      return rejected({ code: "throttled", detail: "The provider has too much to do." }, "later", retryAfterMs);
    case "refused":
      return { end: "refused", problem: { code: "refused", detail: `The model will not read ${thing}: it breaks its rules. Say it in another way, or choose another model. ${stands}` } };
    case "not_configured":
      return rejected({ code: "provider_config", detail: `This model is not set up here any more. ${stands}` }, "later");
    case "not_let_in":
      return rejected({ code: "provider_config", detail: `The provider did not let us in. We have been told. ${stands}` }, "later");
    case "unproven":
      return bad("The model named, twice, what the script does not say.");
    case "unreadable":
      return bad("The model answered with what is no answer to this.");
    case "too_long":
      return bad(`The model could not hold ${what === "script" ? "a part of the script" : "all of this"}.`);
    default:
      return { end: "unknown", because: "lost" };
  }
}

/**
 * How a submission ends that was answered, so that it is paid for, and came to nothing: with its cost, and never asked again by itself, which would buy the
 * same answers again.
 */
export function endedAtACost(failure: { because: WhyNot | "unproven" | null; retryAfterMs: number | null; costMicros: number }, what: keyof typeof sentences): Submission & { sight: Sight } {
  const { thing, stands } = sentences[what];
  const ended = refusalOf(failure, what);
  if (failure.because === "busy") return failedAtOnce({ code: "throttled", detail: `The model had too much to do for too long to go on with ${thing}. ${stands}` }, failure.costMicros);
  if (ended.end === "refused") return failedAtOnce(ended.problem, failure.costMicros, "refused");
  if (ended.end === "rejected") return failedAtOnce(ended.problem, failure.costMicros);
  return failedAtOnce({ code: "unresolved", detail: `An answer of the model about ${thing} was lost, and may have been paid for, so it is not asked for twice. ${stands}` }, failure.costMicros);
}
