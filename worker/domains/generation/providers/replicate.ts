/** Replicate's predictions contract, as our own renderer speaks it: creating is idempotent by our own id. Replicate itself is in replicate-cloud.ts. */
import { z } from "@hono/zod-openapi";
import type { Json } from "#film/film.ts";
import type { ModelRequest } from "#film/inputs/model-request.ts";
import type { RefusalStage } from "#film/outcomes.ts";
import { badInput, madeNothing } from "./answers.ts";
import { billedBetween } from "./replicate-statement.ts";
import type { Call, Order, Provider, Sight, Submission } from "./provider.ts";
import { verifyStandardWebhook } from "./webhooks.ts";

const CHECK_TIMEOUT_MS = 10_000;

const Prediction = z.object({
  id: z.string().min(1).max(200),
  model: z.string().max(200).nullish(),
  status: z.enum(["starting", "processing", "succeeded", "failed", "canceled", "aborted"]),
  output: z.json().optional(),
  error: z.unknown().optional(),
  fault: z.enum(["input", "fetch", "internal"]).nullish().catch(null),
  logs: z.string().nullish(),
  metrics: z.object({ predict_time: z.number().nonnegative().nullish() }).nullish(),
});
type Prediction = z.infer<typeof Prediction>;

const Failure = z.object({ detail: z.string().max(2_000).optional() });

/** How models that are not the house's own are asked and read, each by its name. */
export interface Words {
  input(name: string, request: ModelRequest): { input: Json } | { fault: string };
  /** Files by role and values; null where they are not there. */
  output(name: string, output: Json): Json | null;
}

interface Options extends Pick<Provider, "id" | "name" | "models" | "secrets" | "delivers"> {
  configured: Provider["configured"];
  /** Hosts that outputs come from besides the provider's own; always https. */
  fileHosts: readonly string[];
  times: Pick<Provider, "submitMs" | "lookupLagMs" | "resolveMs" | "limits">;
  /** Absent: what is asked for is sent as it is, and what comes is taken so. */
  words?: Words;
  /** Of its list those that it bills, and what a second of work costs in millionths of a dollar; absent: it bills nothing. */
  bills?: { isOf(model: string): boolean; microsPerSecond: number };
}

/** An adapter for something that speaks the predictions contract. */
export function replicateAt({ id, name, models, secrets, delivers, configured, fileHosts, times, words, bills }: Options): Provider {
  return {
    id, name, models, secrets, ...times, delivers, billsRefusals: false, configured,
    submit: (call, order) => submit(call, order, words),
    check: (call, ticket) => see(call, String(ticket), words),
    lookup: (call, { id: ourId }) => see(call, ourId, words),
    cancel,
    verifyWebhook: async (call, { headers, rawBody }) => {
      const verified = await verifyStandardWebhook({ secret: call.webhookSecret, headers, rawBody, now: call.now() });
      if (!verified.ok) return verified;
      const prediction = Prediction.safeParse(parsed(rawBody));
      return prediction.success ? { ok: true, id: prediction.data.id, ticket: prediction.data.id } : { ok: false, reason: "it is not about a prediction" };
    },
    ...(bills && { statement: async (call, span) => (await billedBetween(call, span, bills.microsPerSecond)).filter(({ model }) => bills.isOf(model)) }),
    mayFetch: (call, url) => url.origin === new URL(call.baseUrl).origin || (url.protocol === "https:" && fileHosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`))),
  };
}

const headersOf = ({ token }: Call): Record<string, string> => ({ authorization: `Bearer ${token}`, "content-type": "application/json" });

async function submit(call: Call, order: Order, words: Words | undefined): Promise<Submission & { sight?: Sight }> {
  const { model, version, request, id, webhookUrl, signal } = order;
  const asked = request.tool === "house" ? { input: request.input } : (words?.input(model, request) ?? { input: request });
  if ("fault" in asked) return badInput(asked.fault);
  let response: Response;
  let text: string;
  try {
    response = await call.fetch(new URL(`/v1/predictions/${id}`, call.baseUrl).href, {
      method: "PUT", headers: headersOf(call), redirect: "manual", signal,
      body: JSON.stringify({ version: version === null ? model : `${model}:${version}`, input: asked.input, ...(webhookUrl === null ? {} : { webhook: webhookUrl, webhook_events_filter: ["completed"] }) }),
    });
    text = await response.text();
  } catch {
    return { end: "unknown", because: "lost" };
  }
  if (response.ok) {
    const prediction = Prediction.safeParse(parsed(text));
    if (!prediction.success) return { end: "unknown", because: "answered" };
    return { end: "accepted", ticket: prediction.data.id, sight: sightOf(prediction.data, words) };
  }
  const detail = Failure.safeParse(parsed(text)).data?.detail;
  if (response.status === 429) return { end: "rejected", problem: { code: "throttled", detail: "The provider has too much to do." }, retry: "later", retryAfterMs: retryAfter(response, detail) };
  if (response.status === 422 || response.status === 400) return { end: "rejected", problem: { code: "bad_input", detail: `The model did not accept what it was given${detail ? `: ${detail.slice(0, 300).replace(/\.$/, "")}` : ""}. Change what it is made from, and make it again.` }, retry: "never", retryAfterMs: null };
  if (response.status === 401 || response.status === 403 || response.status === 404 || response.status === 402) return { end: "rejected", problem: { code: "provider_config", detail: "The provider did not let us in. We have been told; nothing was charged." }, retry: "later", retryAfterMs: null };
  return { end: "unknown", because: "answered" };
}

function retryAfter(response: Response, detail: string | undefined): number {
  const seconds = Number(response.headers.get("retry-after") ?? /in ~?(\d+)s/.exec(detail ?? "")?.[1] ?? 5);
  return Math.min(Number.isFinite(seconds) ? Math.max(seconds, 1) : 5, 60) * 1_000;
}

/** A network error, or an answer that makes no sense, decides nothing about work that is paid for. */
async function see(call: Call, id: string, words: Words | undefined): Promise<Sight> {
  try {
    const response = await call.fetch(new URL(`/v1/predictions/${encodeURIComponent(id)}`, call.baseUrl).href, { headers: headersOf(call), redirect: "manual", signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) });
    const text = await response.text();
    if (response.status === 404) return { state: "not_found" };
    const prediction = Prediction.safeParse(parsed(text));
    return response.ok && prediction.success && prediction.data.id === id ? sightOf(prediction.data, words) : { state: "silent" };
  } catch {
    return { state: "silent" };
  }
}

/** Where a model refused, by its words for it without what they advise. They may say neither, or both. */
export function refusedWhere(words: string): RefusalStage | null {
  const [what = ""] = words.split(/\btry\b/i);
  const isOutput = /\boutputs?\b|\bNSFW content (?:was )?detected\b/i.test(what);
  const isInput = /\b(?:inputs?|prompts?)\b/i.test(what);
  return isInput === isOutput ? null : isInput ? "input" : "output";
}

function sightOf({ id, model, status, output: given = null, error, fault, logs, metrics }: Prediction, words: Words | undefined): Sight {
  const ticket: Json = id;
  switch (status) {
    case "starting":
    case "processing":
      return { state: "running", ticket, ...progressIn(logs ?? ""), remaining: null };
    case "succeeded": {
      const output = words ? words.output(model ?? "", given as Json) : (given as Json);
      return output === null && words ? madeNothing("The container", ticket, null) : { state: "succeeded", ticket, output, madeMs: typeof metrics?.predict_time === "number" ? Math.round(metrics.predict_time * 1_000) : null, costMicros: null };
    }
    case "canceled":
    case "aborted":
      return { state: "canceled", ticket, problem: { code: "cancelled", detail: "It was cancelled at the provider." }, retry: "never", costMicros: null };
    case "failed": {
      const said = typeof error === "string" ? error.slice(0, 300) : "The model failed.";
      if (/\b(NSFW|flagged|sensitive|safety|E005)\b/i.test(said)) return { state: "refused", ticket, problem: { code: "refused", detail: `The model refused to make it: ${said}` }, stage: refusedWhere(said), costMicros: null };
      // Whose addresses these are is nobody's to read.
      if (fault === "fetch") return { state: "failed", ticket, problem: { code: "provider_failed", detail: "The model could not fetch what it is made from." }, retry: "later", costMicros: null };
      return { state: "failed", ticket, problem: { code: "provider_failed", detail: said }, retry: fault === "input" ? "never" : "later", costMicros: null };
    }
  }
}

/** Models say how far they are in their logs: `progress 40 drawing`, as the house does, or by the last percentage and the last line's words. */
export function progressIn(logs: string): { progress: number | null; text: string | null } {
  const lines = logs.trimEnd().split("\n");
  const own = lines.map((line) => /^progress (\d{1,3})\s*(.*)$/.exec(line)).findLast((match) => match !== null);
  const last = own?.[2] ?? lines.at(-1) ?? "";
  const percent = own?.[1] ?? [...logs.matchAll(/(\d{1,3})(?:\.\d+)?\s?%/g)].at(-1)?.[1];
  const text = last.replace(/\s*\d{1,3}(?:\.\d+)?\s?%\s*/, " ").trim().slice(0, 120);
  return { progress: percent === undefined ? null : Math.min(99, Number(percent)), text: text === "" ? null : `${text[0]?.toUpperCase()}${text.slice(1)}` };
}

async function cancel(call: Call, ticket: Json): Promise<"requested" | "unsupported" | "too_late"> {
  try {
    const response = await call.fetch(new URL(`/v1/predictions/${encodeURIComponent(String(ticket))}/cancel`, call.baseUrl).href, { method: "POST", headers: headersOf(call), redirect: "manual", signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) });
    await response.body?.cancel();
    return response.ok ? "requested" : "too_late";
  } catch {
    return "too_late";
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
