/**
 * Replicate itself: official models by name, others by a pinned version. It has no key against creating twice, but it lists what it was asked for with the
 * webhook's address, in which our own id stands: a submission whose answer was lost is found there. What it makes it keeps for an hour.
 */
import { z } from "@hono/zod-openapi";
import { settings } from "#core/env.ts";
import type { Json } from "#film/film.ts";
import { ask, badInput, busy, LOST, madeNothing, MODEL_GONE, NOT_LET_IN, parsed, refusal, retryAt, UNREADABLE, type Answer } from "./answers.ts";
import { HOUR_MS, MINUTE_MS, misfit } from "./cards.ts";
import type { Call, Order, Provider, Sight, Submission, Wake } from "./provider.ts";
import { progressIn, refusedWhere } from "./replicate.ts";
import { runnables, type Runnable } from "./replicate-models.ts";
import { verifyStandardWebhook } from "./webhooks.ts";
import { quoted, waitMs } from "./wording.ts";

/** Its lists are read back to here before a submission was sent, since clocks differ. */
const SKEW_MS = 2 * MINUTE_MS;
const PAGES_MAX = 20;
const FILE_HOST = "replicate.delivery";

const PredictionId = z.string().regex(/^\w{1,100}$/);
const Prediction = z.object({
  id: PredictionId,
  status: z.enum(["starting", "processing", "succeeded", "failed", "canceled", "aborted"]),
  model: z.string().max(200).nullish(),
  output: z.unknown().optional(),
  error: z.unknown().optional(),
  logs: z.string().nullish(),
  metrics: z.object({ predict_time: z.number().nonnegative().nullish() }).nullish(),
  data_removed: z.boolean().nullish(),
  webhook: z.string().max(4_000).nullish(),
});
const Page = z.object({
  next: z.string().max(2_000).nullish(),
  results: z.array(z.object({ id: PredictionId, model: z.string().max(200).nullish(), source: z.string().max(40).nullish(), webhook: z.string().max(4_000).nullish(), created_at: z.iso.datetime({ offset: true }) })).max(1_000),
});
const Failure = z.object({ detail: z.unknown(), status: z.number().optional() });
const Ticket = z.object({ id: PredictionId, model: z.string().max(200) });
type Ticket = z.infer<typeof Ticket>;

export const replicate: Provider = {
  id: "replicate",
  name: "Replicate",
  models: runnables.map(({ model }) => model),
  secrets: ["REPLICATE_API_TOKEN", "REPLICATE_WEBHOOK_SECRET"],
  // After an hour there is nothing left to be found.
  submitMs: 30_000, lookupLagMs: MINUTE_MS, resolveMs: HOUR_MS,
  limits: { concurrency: 10, perMinute: 300, perDay: null },
  delivers: "raw",
  billsRefusals: false,
  configured: (env) => {
    const { REPLICATE_API_BASE: baseUrl, REPLICATE_API_TOKEN: token, REPLICATE_WEBHOOK_SECRET: webhookSecret = "" } = settings(env);
    return token ? { baseUrl, token, webhookSecret, more: {} } : null;
  },
  submit,
  check: (call, ticket) => see(call, Ticket.safeParse(ticket).data),
  lookup,
  cancel,
  verifyWebhook,
  mayFetch: (call, url) => url.origin === new URL(call.baseUrl).origin || (url.protocol === "https:" && url.port === "" && (url.hostname === FILE_HOST || url.hostname.endsWith(`.${FILE_HOST}`))),
};

const headersOf = ({ token }: Call): Record<string, string> => ({ authorization: `Bearer ${token}`, "content-type": "application/json" });
const runnableOf = (name: string): Runnable | undefined => runnables.find(({ model }) => model.name === name);

async function submit(call: Call, order: Order): Promise<Submission & { sight?: Sight }> {
  const { request, webhookUrl, signal, id } = order;
  const runnable = runnableOf(order.model);
  const input = runnable && request.tool !== "house" ? runnable.input(request) : null;
  if (!runnable || request.tool === "house" || input === null) return badInput("Replicate does not do this. Choose another model.");
  const fault = misfit(runnable.model, request);
  if (fault !== null) return badInput(fault);
  const { name, timeoutMs } = runnable.model;
  const answer = await ask(call, new URL(order.version === null ? `/v1/models/${name}/predictions` : "/v1/predictions", call.baseUrl).href, {
    // Work that nobody waits for any more ends by itself.
    method: "POST", headers: { ...headersOf(call), "cancel-after": `${Math.ceil(timeoutMs / 1_000)}s` }, signal,
    body: JSON.stringify({ ...(order.version === null ? {} : { version: order.version }), input, ...(webhookUrl === null ? {} : { webhook: withId(webhookUrl, id), webhook_events_filter: ["completed"] }) }),
  });
  if (answer === null) return LOST;
  if (answer.status < 200 || answer.status >= 300) return turnedAway(call, answer);
  const prediction = Prediction.safeParse(answer.json);
  // An answer about somebody else's prediction is none about ours.
  if (!prediction.success || (typeof prediction.data.webhook === "string" && submissionIn(prediction.data.webhook) !== id)) return UNREADABLE;
  const ticket: Ticket = { id: prediction.data.id, model: name };
  const sight = sightOf(runnable, ticket, prediction.data);
  return { end: "accepted", ticket, ...(sight.state === "running" ? {} : { sight }) };
}

/** Our id stands in the webhook's address, by which a lost submission is found again. */
function withId(webhookUrl: string, id: string): string {
  const url = new URL(webhookUrl);
  url.searchParams.set("submission", id);
  return url.href;
}

const submissionIn = (webhook: string): string | null => URL.parse(webhook)?.searchParams.get("submission") ?? null;

/** What an answer other than success means. One that is not Replicate's own says nothing. */
function turnedAway(call: Call, { status, headers, json }: Answer): Submission {
  const failure = Failure.safeParse(json);
  const words = failure.success && typeof failure.data.detail === "string" ? failure.data.detail : undefined;
  if (status === 429) return busy(waitMs(headers, { now: call.now(), words, otherwiseSeconds: 15 }));
  if (!failure.success) return UNREADABLE;
  if (status === 503) return busy(waitMs(headers, { now: call.now(), words, otherwiseSeconds: 15 }));
  if (status === 401 || status === 402 || status === 403) return NOT_LET_IN;
  // A version that was taken away is no 404, but an input that does not fit.
  if (status === 404 || (status === 422 && /\bversion does not exist\b/i.test(words ?? ""))) return MODEL_GONE;
  if (status === 400 || status === 413 || status === 422) return badInput(`Replicate did not accept this.${quoted(words)} Change the description or what it is made from, or choose another model.`);
  return UNREADABLE;
}

/** A network error, or an answer that makes no sense, decides nothing about work that is paid for. */
async function see(call: Call, ticket: Ticket | undefined): Promise<Sight> {
  const runnable = ticket && runnableOf(ticket.model);
  if (!ticket || !runnable) return { state: "silent" };
  const answer = await ask(call, new URL(`/v1/predictions/${ticket.id}`, call.baseUrl).href, { headers: headersOf(call) });
  if (answer?.status === 404 && Failure.safeParse(answer.json).success) return { state: "not_found" };
  const prediction = Prediction.safeParse(answer?.json);
  return answer?.status === 200 && prediction.success && prediction.data.id === ticket.id ? sightOf(runnable, ticket, prediction.data) : { state: "silent" };
}

function sightOf({ output: read, microsPerSecond }: Runnable, ticket: Ticket, { status, output, error, logs, metrics, data_removed: isRemoved }: z.infer<typeof Prediction>): Sight {
  const seconds = metrics?.predict_time ?? null;
  const costMicros = seconds === null || microsPerSecond === null ? null : Math.round(seconds * microsPerSecond);
  switch (status) {
    case "starting":
      return { state: "running", ticket, progress: 0, text: "Waiting at Replicate", remaining: null };
    case "processing":
      return { state: "running", ticket, progress: progressIn(logs ?? "").progress, text: null, remaining: null };
    case "succeeded": {
      const made = read(output);
      if (made !== null) return { state: "succeeded", ticket, output: made, madeMs: seconds === null ? null : Math.round(seconds * 1_000), costMicros };
      if (isRemoved) return { state: "failed", ticket, problem: { code: "expired", detail: "It was made at Replicate, which keeps things for an hour, and was not fetched in time. It is not made a second time by itself; nothing was charged." }, retry: "never", costMicros };
      return madeNothing("Replicate", ticket, costMicros);
    }
    case "canceled":
      return { state: "canceled", ticket, problem: { code: "cancelled", detail: "It was cancelled at Replicate." }, retry: "never", costMicros };
    // It never began, in all the time that it had: there was no room for it, and it cost nothing.
    case "aborted":
      return { state: "failed", ticket, problem: { code: "throttled", detail: "Replicate did not come to it in time." }, retry: "later", costMicros: 0 };
    case "failed":
      return ended(ticket, typeof error === "string" ? error : "", { costMicros, isSoldByTime: microsPerSecond !== null });
  }
}

/** Replicate tells a refusal from a failure by words alone. */
function ended(ticket: Ticket, words: string, { costMicros, isSoldByTime }: { costMicros: number | null; isSoldByTime: boolean }): Sight {
  if (/\b(?:NSFW|flagged|sensitive|safety|moderat\w+|prohibited|E005)\b/i.test(words)) {
    const stage = refusedWhere(words);
    const made = { code: "refused", detail: "The model held this back, because of what it was asked for or of what can be seen in it. Describe the shot more plainly, or choose another model." };
    return { state: "refused", ticket, problem: stage === "input" ? refusal("description or picture") : made, stage, costMicros };
  }
  // Time on a machine is billed whatever comes of it; what is sold by what it makes has made nothing.
  const cost = isSoldByTime ? costMicros : 0;
  return { state: "failed", ticket, problem: { code: "provider_failed", detail: `The model failed at Replicate.${quoted(words)}` }, retry: retryAt(cost), costMicros: cost };
}

/**
 * Looks a submission up in the list, newest first, by our id in its webhook's address. "Not found" is only said where the list goes back far enough and
 * everything in it that a program made has its address: else nothing is known.
 */
async function lookup(call: Call, { id, sentAt }: { id: string; sentAt: number }): Promise<Sight> {
  let url: URL | null = new URL("/v1/predictions", call.baseUrl);
  for (let pages = 0; url !== null && pages < PAGES_MAX; pages += 1) {
    // The next page is the provider's word: only the provider itself is asked.
    if (url.origin !== new URL(call.baseUrl).origin) return { state: "silent" };
    const answer: Answer | null = await ask(call, url.href, { headers: headersOf(call) });
    const page = Page.safeParse(answer?.json);
    if (answer?.status !== 200 || !page.success) return { state: "silent" };
    const since = page.data.results.filter(({ created_at: at }) => Date.parse(at) >= sentAt - SKEW_MS);
    const found = since.find(({ webhook }) => typeof webhook === "string" && submissionIn(webhook) === id);
    if (found) return see(call, { id: found.id, model: found.model ?? "" });
    if (since.some(({ webhook, source }) => typeof webhook !== "string" && source !== "web")) return { state: "silent" };
    if (since.length < page.data.results.length || !page.data.next) return { state: "not_found" };
    url = URL.parse(page.data.next);
  }
  return { state: "silent" };
}

async function cancel(call: Call, given: Json): Promise<"requested" | "unsupported" | "too_late"> {
  const ticket = Ticket.safeParse(given);
  if (!ticket.success) return "too_late";
  const answer = await ask(call, new URL(`/v1/predictions/${ticket.data.id}/cancel`, call.baseUrl).href, { method: "POST", headers: headersOf(call) });
  const status = Prediction.safeParse(answer?.json).data?.status;
  return answer !== null && answer.status >= 200 && answer.status < 300 && status !== "succeeded" && status !== "failed" ? "requested" : "too_late";
}

async function verifyWebhook(call: Call, { headers, rawBody }: { headers: Headers; rawBody: string }): Promise<Wake> {
  const verified = await verifyStandardWebhook({ secret: call.webhookSecret, headers, rawBody, now: call.now() });
  if (!verified.ok) return verified;
  const prediction = Prediction.safeParse(parsed(rawBody));
  if (!prediction.success) return { ok: false, reason: "it is not about a prediction" };
  const { id, model } = prediction.data;
  return { ok: true, id: headers.get("webhook-id") ?? id, ticket: model && runnableOf(model) ? { id, model } : null };
}
