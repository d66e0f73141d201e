/**
 * What is done about jobs outside their run: submit, check, fetch. A message is a wake-up; everything is asked of the run, naming the attempt, and
 * reported to it. Any of this may happen twice, or stop anywhere.
 */
import { z } from "@hono/zod-openapi";
import type { Ctx } from "#core/context.ts";
import { sendToJobs } from "#core/jobs-queue.ts";
import { logLine } from "#core/log.ts";
import type { MessageHandler } from "#core/background.ts";
import type { ModelRequest } from "#film/inputs/model-request.ts";
import type { Aspect, NodeId, TakeFacts } from "#film/film.ts";
import { AWAY_MS, type HeldLease, type Report, type Way } from "#objects/gate/rules.ts";
import type { Order } from "#objects/run/rules.ts";
import { runOf, type Seen } from "#objects/run/calls.ts";
import { snapshotKey, type QuotedStep, type Snapshot, type Terms } from "#objects/run/snapshot.ts";
import { submitReading } from "../breakdown/submitting.ts";
import { submitMessage } from "../chat/submitting.ts";
import { reach } from "../providers/index.ts";
import type { Call, Order as Sent, Provider, Sight, Submission } from "../providers/provider.ts";
import { textModelOf } from "../text/models.ts";
import { bringIn } from "./bringing-in.ts";
import { withLinks, type KnownAssets } from "./inputs.ts";
import { keepFor } from "./keeping.ts";
import { refusalAhead } from "./pre-check.ts";
import { placedRequest } from "./request.ts";
import { watched } from "./undelivered.ts";
import { submissionId, webhookUrl, type Attempt } from "./webhook-url.ts";

const Lease = z.object({ key: z.string(), provider: z.string(), isProbe: z.boolean(), expiresAt: z.number() });
/** `lease`: the gate sent it, and has granted it this already. */
const Message = z.object({ run: z.string(), job: z.string(), attempt: z.int().positive(), action: z.enum(["submit", "check", "fetch", "cancel"]), lease: Lease.optional() });
type Message = z.infer<typeof Message>;
type Asked = Sent["request"];
/** An attempt, with the files that were looked up for it. */
type Attending = Attempt & { known: KnownAssets };
type Claim = NonNullable<Seen["claim"]>;

/** What fails together with a model: of the house, which is one program, everything. */
const circuitOf = ({ provider, id, model }: Terms): string => (provider === "house" ? provider : (id ?? model));

const gateOf = (ctx: Ctx, provider: string) => ctx.env.GATE.getByName(provider);

/** Consumes `dailies-jobs`: the messages of a batch run side by side. */
export const onJobMessage: MessageHandler = async (ctx, body) => {
  const message = Message.safeParse(body);
  if (!message.success) return logLine({ evt: "jobs.message_unreadable" });
  const { action } = message.data;
  if (action === "submit") await submit(ctx, message.data);
  else if (action === "check") await check(ctx, message.data);
  else if (action === "fetch") await fetchResult(ctx, message.data);
  else await cancelAtProvider(ctx, message.data);
};

/** A message that failed for good: whoever owns the work is poked, and knows what to do. */
export const onDeadLetter: MessageHandler = async (ctx, body) => {
  const message = Message.partial().safeParse(body);
  logLine({ evt: "dead_letter", run: message.data?.run, job: message.data?.job });
  if (message.data?.run) await runOf(ctx.env, message.data.run).poke();
};

async function submit(ctx: Ctx, { run, job, attempt, lease: granted }: Message): Promise<void> {
  const lease = granted && ctx.now() < granted.expiresAt ? granted : await leaseFor(ctx, { run, job, attempt });
  if (!lease) return;
  const order = await runOf(ctx.env, run).begin(job, { attempt, lease: lease.key });
  if (!order.ok) {
    if (order.code === "over" || order.code === "unknown" || order.code === "moved") await gateOf(ctx, lease.provider).giveBack([lease.key]);
    return;
  }
  const { terms } = order;
  const reached = reach(ctx, terms.provider);
  if (!reached) return void (await report(ctx, { run, job, attempt }, { end: "rejected", problem: { code: "provider_config", detail: "The provider is not set up here any more. Nothing was charged." }, retry: "later", retryAfterMs: null }));
  const known: KnownAssets = new Map();
  const sent = await sendOff(ctx, reached, { run, job, attempt, known }, order);
  if ("problem" in sent) return void (await report(ctx, { run, job, attempt }, sent));
  const { sight, ...submission } = sent.answer;
  const [told] = await Promise.all([
    // Of what was taken nobody but this knows the provider's id: it is not lost with one call.
    insist(() => runOf(ctx.env, run).submitted(job, { attempt, submission: asDown(submission), sight: sight && sight.state !== "running" ? sight : null })),
    teach(ctx, terms, sent.answer, lease.isProbe).catch((error: unknown) => logLine({ evt: "jobs.gate_not_told", job, error: String(error) })),
  ]);
  if (told.ok && told.claim) await bring(ctx, { run, job, attempt, known }, told.claim);
}

/** Who asks to be left alone for long is as good as down: the gate leaves it alone, and the job goes elsewhere, or its run waits. */
const asDown = (submission: Submission): Submission => (submission.end === "rejected" && (submission.retryAfterMs ?? 0) > AWAY_MS ? { ...submission, retryAfterMs: null } : submission);

/** Asks the gate of its provider for a place. Null where there is none now, or the attempt is not to be submitted: then it is called, or asks again. */
async function leaseFor(ctx: Ctx, { run, job, attempt }: Attempt): Promise<HeldLease | null> {
  const waiting = await runOf(ctx.env, run).ready(job, attempt);
  if (!waiting.ok) return null;
  const { terms, lease: key, priority, isFirst } = waiting;
  const expiresAt = ctx.now() + terms.timeoutMs;
  const lease = await gateOf(ctx, terms.provider).lease({ limits: terms.limits, asked: { key, run, job, attempt, circuit: circuitOf(terms), priority, expiresAt } });
  if (lease.ok && lease.granted) return { key, provider: terms.provider, isProbe: lease.isProbe, expiresAt };
  const isDown = lease.ok && lease.because === "down";
  if (isDown || !isFirst) await runOf(ctx.env, run).noLease(job, { attempt, isDown, retryAt: lease.ok ? lease.retryAt : null });
  return null;
}

const INSISTING_MS = [50, 250, 1_000, 4_000] as const;

/** Calls again where a call fails, as where its object was just moved. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (const waitMs of INSISTING_MS) {
    try {
      return await call();
    } catch (error) {
      logLine({ evt: "jobs.call_failed", error: String(error) });
      await scheduler.wait(waitMs);
    }
  }
  return call();
}

/** What language models make: they are asked by the AI SDK, whoever their provider is. */
const writers: Readonly<Record<string, typeof submitMessage>> = { "break-down": submitReading, chat: submitMessage };

/** Sends an order, once; or says why it cannot be sent. */
async function sendOff(
  ctx: Ctx, reached: { provider: Provider; call: Call }, { run, job, attempt, known }: Attending, order: Order,
): Promise<{ answer: Submission & { sight?: Sight } } | Extract<Submission, { problem: unknown }>> {
  const { studio, quoted: { step }, terms } = order;
  const signal = AbortSignal.timeout(Math.max(1, order.submitBy - ctx.now()));
  const keep = keepFor(ctx, studio, { job, attempt });
  const write = writers[step.tool];
  if (write) return { answer: await write(ctx, { recipe: step.recipe, model: textModelOf(terms.id ?? terms.model), keep, signal }) };
  const request = await requestFor(ctx, order, known);
  if (request === null) return { end: "rejected", problem: { code: "bad_input", detail: "Something that it is made from is not there any more. Make that again first, then this. Nothing was charged." }, retry: "never", retryAfterMs: null };
  const ahead = await refusalAhead(ctx, reached.provider, { studio, request });
  if (ahead) return { end: "refused", problem: ahead };
  const webhook = await webhookUrl(ctx, terms.provider, { run, job, attempt });
  const wire = watched(reached.call);
  return { answer: wire.known(await reached.provider.submit(wire.call, { model: terms.model, version: terms.version, request, id: submissionId({ job, attempt }), webhookUrl: webhook, signal, keep })) };
}

/** The film's aspect is in the recipe of what has one; what people bring takes it from the quote. */
async function aspectOf(ctx: Ctx, { studio, quote, quoted }: { studio: string; quote: string; quoted: QuotedStep }): Promise<Aspect> {
  const own = quoted.step.recipe.params["aspect"];
  if (own === "16:9" || own === "9:16" || own === "1:1") return own;
  if (quoted.kind === "task") return "16:9";
  if (quoted.kind === "voice" || quoted.kind === "music" || quoted.kind === "captions") return "16:9";
  const stored = await ctx.env.MEDIA.get(snapshotKey(studio, quote));
  return stored ? ((await stored.json<Snapshot>()).film?.aspect ?? "16:9") : "16:9";
}

/** What the model is asked for, with links to its files. Null where what it is made from is not there. */
async function requestFor(ctx: Ctx, { studio, quote, quoted, terms, takes }: { studio: string; quote: string; quoted: QuotedStep; terms: Terms; takes: [NodeId, TakeFacts][] }, known: KnownAssets): Promise<Asked | null> {
  try {
    const placed = placedRequest({ quoted, terms, takes, aspect: await aspectOf(ctx, { studio, quote, quoted }) });
    if (placed === null) return null;
    const linked = await withLinks(ctx, studio, placed, known);
    return terms.asking ? (linked as ModelRequest) : { tool: "house", input: linked };
  } catch (error) {
    logLine({ evt: "jobs.input_failed", job: quoted.job, error: String(error) });
    return null;
  }
}

const report = (ctx: Ctx, { run, job, attempt }: Attempt, submission: Submission) => insist(() => runOf(ctx.env, run).submitted(job, { attempt, submission, sight: null }));

/** Tells the gate how the provider does, where that is news: an answer that it gave while it was thought down, or none at all. */
async function teach(ctx: Ctx, terms: Terms, { sight, ...submission }: Submission & { sight?: Sight }, isProbe: boolean): Promise<void> {
  const learn = (report: Report, way: Way = "submit") => gateOf(ctx, terms.provider).learn({ circuit: circuitOf(terms), way, report });
  // A file of ours says nothing of whoever was to get it.
  if (submission.end === "rejected" && submission.problem.code === "input_unread") return;
  if (submission.end === "unknown") await learn("fails");
  else if (submission.end === "rejected" && submission.retryAfterMs !== null) await learn({ throttledUntil: ctx.now() + submission.retryAfterMs });
  else if (submission.end === "rejected" && submission.retry === "later") await learn("fails");
  else if (isProbe) {
    await learn("works");
    // What was over at once is not asked about again.
    if (sight && sight.state !== "running" && sight.state !== "silent") await learn("works", "check");
  }
}

async function check(ctx: Ctx, { run, job, attempt }: Message): Promise<void> {
  const seen = await runOf(ctx.env, run).look(job, attempt);
  if (!seen.ok) return;
  const { terms } = seen;
  const reached = reach(ctx, terms.provider);
  // Of a provider that is not set up here any more nothing is heard: what it was sent ends by its time, and somebody hears of it.
  if (!reached) return void (await runOf(ctx.env, run).checked(job, { attempt, sight: { state: "silent" } }));
  if (seen.ticket !== null && !(await isTimeToCheck(ctx, reached.provider, { run, job, attempt }))) return;
  if (seen.isCancelling && seen.ticket !== null) await reached.provider.cancel(reached.call, seen.ticket);
  const sight = seen.ticket === null ? await reached.provider.lookup(reached.call, { id: submissionId({ job, attempt }), sentAt: seen.sentAt, keep: keepFor(ctx, seen.studio, { job, attempt }) }) : await reached.provider.check(reached.call, seen.ticket);
  // A vendor that has no way to look a lost submission up is silent about it, and not down.
  const isNews = seen.ticket !== null || sight.state !== "silent" || terms.provider === "house";
  if (isNews) await gateOf(ctx, terms.provider).learn({ circuit: circuitOf(terms), way: "check", report: sight.state === "silent" ? "fails" : "works" });
  const told = await runOf(ctx.env, run).checked(job, { attempt, sight });
  if (told.ok && told.claim) await bring(ctx, { run, job, attempt }, told.claim);
}

/** Whether a vendor that says how often it may be asked can be asked about this now. Where it is too early, somebody comes when it is not. */
async function isTimeToCheck(ctx: Ctx, { id, checkApartMs }: Provider, { run, job, attempt }: Attempt): Promise<boolean> {
  if (checkApartMs === undefined) return true;
  const waitMs = await gateOf(ctx, id).mayCheck({ key: submissionId({ job, attempt }), apartMs: checkApartMs });
  if (waitMs !== null && waitMs > 0) await sendToJobs(ctx.env, [{ run, job, attempt, action: "check" } satisfies Message], { job }, Math.ceil(waitMs / 1_000));
  return waitMs === 0;
}

async function fetchResult(ctx: Ctx, { run, job, attempt }: Message): Promise<void> {
  const claim = await runOf(ctx.env, run).claimFetch(job, attempt);
  if (claim.ok) await bring(ctx, { run, job, attempt }, claim);
}

/** So often whoever fetches something large says that they still do. */
const SAYING_MS = 20_000;

/** Brings a result in, once it was claimed, and tells the run. */
async function bring(ctx: Ctx, { run, job, attempt, known = new Map() }: Omit<Attending, "known"> & { known?: KnownAssets }, claim: Claim): Promise<void> {
  const reached = reach(ctx, claim.terms.provider);
  if (!reached) return;
  const { studio, project, quote, quoted, terms, takes, ticket, output, fetch, costMicros, priceCard } = claim;
  const aspect = await aspectOf(ctx, claim);
  const saying = setInterval(() => void runOf(ctx.env, run).stillFetching(job, { attempt, fetch }).catch(() => undefined), SAYING_MS);
  const result = await bringInSafely(ctx, reached, { studio, project, quote, run, attempt, fetch, quoted, terms, takes, ticket, output, costMicros, priceCard, known, aspect }).finally(() => clearInterval(saying));
  if (result.ok) await runOf(ctx.env, run).delivered(job, { attempt, take: result.take });
  else await runOf(ctx.env, run).notDelivered(job, { attempt, problem: result.problem, again: result.again });
}

/** Storage that fails says nothing about the result: it is brought in again. */
async function bringInSafely(...[ctx, reached, delivery]: [Ctx, { provider: Provider; call: Call }, Parameters<typeof bringIn>[2]]): ReturnType<typeof bringIn> {
  try {
    return await bringIn(ctx, reached, delivery);
  } catch (error) {
    logLine({ evt: "jobs.bringing_in_failed", job: delivery.quoted.job, error: String(error) });
    return { ok: false, again: "later", problem: { code: "fetch_failed", detail: "The result could not be stored just now." } };
  }
}

async function cancelAtProvider(ctx: Ctx, { run, job, attempt }: Message): Promise<void> {
  const known = await runOf(ctx.env, run).ticketOf(job, attempt);
  const reached = known.ok ? reach(ctx, known.terms.provider) : null;
  if (known.ok && reached) await reached.provider.cancel(reached.call, known.ticket);
}
