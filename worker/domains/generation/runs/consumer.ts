/**
 * What is done about jobs outside their run: submit, check, fetch. A message is a wake-up; everything is asked of the run, naming the attempt, and
 * reported to it. Any of this may happen twice, or stop anywhere.
 */
import { z } from "@hono/zod-openapi";
import type { Ctx } from "#core/context.ts";
import { logLine } from "#core/log.ts";
import type { MessageHandler } from "#core/background.ts";
import { toolInput } from "#film/inputs/tool-input.ts";
import type { Aspect, Json, NodeId, TakeFacts } from "#film/film.ts";
import { attemptKey } from "#objects/run/book.ts";
import { runOf } from "#objects/run/calls.ts";
import { snapshotKey, type QuotedStep, type Snapshot } from "#objects/run/snapshot.ts";
import { reach } from "../providers/index.ts";
import type { Call, Provider, Sight, Submission } from "../providers/provider.ts";
import { bringIn } from "./bringing-in.ts";
import { withLinks } from "./inputs.ts";
import { submissionId, webhookUrl } from "./webhook-url.ts";

const Message = z.object({ run: z.string(), job: z.string(), attempt: z.int().positive(), action: z.enum(["submit", "check", "fetch", "cancel"]) });
type Message = z.infer<typeof Message>;

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

async function submit(ctx: Ctx, { run, job, attempt }: Message): Promise<void> {
  const waiting = await runOf(ctx.env, run).ready(job, attempt);
  if (!waiting.ok) return;
  const { terms, priority } = waiting;
  const key = attemptKey(job, attempt);
  const lease = await gateOf(ctx, terms.provider).lease({ limits: terms.limits, asked: { key, run, job, attempt, priority, expiresAt: ctx.now() + terms.timeoutMs } });
  if (!lease.ok || !lease.granted) {
    await runOf(ctx.env, run).noLease(job, { attempt, isDown: lease.ok && lease.because === "down" });
    return;
  }
  const order = await runOf(ctx.env, run).begin(job, attempt);
  if (!order.ok) {
    if (order.code === "over" || order.code === "unknown") await gateOf(ctx, terms.provider).giveBack([key]);
    return;
  }
  const reached = reach(ctx, terms.provider);
  if (!reached) return void (await report(ctx, { run, job, attempt }, { end: "rejected", problem: { code: "provider_config", detail: "The provider is not set up here." }, retry: "never", retryAfterMs: null }));
  const aspect = await aspectOf(ctx, order);
  const made = await inputFor(ctx, { ...order, aspect });
  if (made === null) return void (await report(ctx, { run, job, attempt }, { end: "rejected", problem: { code: "bad_input", detail: "What it is made from is not there. Nothing was charged." }, retry: "never", retryAfterMs: null }));
  const signal = AbortSignal.timeout(Math.max(1, order.submitBy - ctx.now()));
  const webhook = await webhookUrl(ctx, terms.provider, { run, job, attempt });
  const { sight, ...submission } = await reached.provider.submit(reached.call, { model: terms.model, version: terms.version, input: made, id: submissionId({ job, attempt }), webhookUrl: webhook, signal });
  await teach(ctx, terms.provider, submission, lease.isProbe);
  const told = await report(ctx, { run, job, attempt }, submission);
  if (told.ok && sight && sight.state !== "running") await takeIn(ctx, { run, job, attempt }, sight);
}

/** The film's aspect is in the recipe of what has one; what people bring takes it from the quote. */
async function aspectOf(ctx: Ctx, { studio, quote, quoted }: { studio: string; quote: string; quoted: QuotedStep }): Promise<Aspect> {
  const own = quoted.step.recipe.params["aspect"];
  if (own === "16:9" || own === "9:16" || own === "1:1") return own;
  if (quoted.kind === "voice" || quoted.kind === "music" || quoted.kind === "captions") return "16:9";
  const stored = await ctx.env.MEDIA.get(snapshotKey(studio, quote));
  return stored ? (await stored.json<Snapshot>()).film.aspect : "16:9";
}

async function inputFor(ctx: Ctx, { studio, quoted, takes, aspect }: { studio: string; quoted: QuotedStep; takes: [NodeId, TakeFacts][]; aspect: Aspect }): Promise<Json> {
  try {
    return await withLinks(ctx, studio, toolInput(quoted.step, new Map(takes), { aspect }));
  } catch (error) {
    logLine({ evt: "jobs.input_failed", job: quoted.job, error: String(error) });
    return null;
  }
}

const report = (ctx: Ctx, { run, job, attempt }: Omit<Message, "action">, submission: Submission) => runOf(ctx.env, run).submitted(job, { attempt, submission });

/** Tells the gate how the provider does, where that is news: an answer that it gave while it was thought down, or none at all. */
async function teach(ctx: Ctx, provider: string, submission: Submission, isProbe: boolean): Promise<void> {
  if (submission.end === "unknown") await gateOf(ctx, provider).learn("fails");
  else if (submission.end === "rejected" && submission.retryAfterMs !== null) await gateOf(ctx, provider).learn({ throttledUntil: ctx.now() + submission.retryAfterMs });
  else if (isProbe) await gateOf(ctx, provider).learn("works");
}

async function check(ctx: Ctx, { run, job, attempt }: Message): Promise<void> {
  const seen = await runOf(ctx.env, run).look(job, attempt);
  if (!seen.ok) return;
  const reached = reach(ctx, seen.quoted.terms.provider);
  if (!reached) return;
  if (seen.isCancelling && seen.ticket !== null) await reached.provider.cancel(reached.call, seen.ticket);
  const sight = seen.ticket === null ? await reached.provider.lookup(reached.call, submissionId({ job, attempt })) : await reached.provider.check(reached.call, seen.ticket);
  await gateOf(ctx, seen.quoted.terms.provider).learn(sight.state === "silent" ? "fails" : "works");
  await takeIn(ctx, { run, job, attempt }, sight);
}

async function takeIn(ctx: Ctx, { run, job, attempt }: Omit<Message, "action">, sight: Sight): Promise<void> {
  const told = await runOf(ctx.env, run).checked(job, { attempt, sight });
  if (told.ok && told.then === "fetch") await fetchResult(ctx, { run, job, attempt, action: "fetch" });
}

async function fetchResult(ctx: Ctx, { run, job, attempt }: Message): Promise<void> {
  const claim = await runOf(ctx.env, run).claimFetch(job, attempt);
  if (!claim.ok) return;
  const reached = reach(ctx, claim.quoted.terms.provider);
  if (!reached) return;
  const { studio, project, quote, quoted, takes, ticket, output, fetch } = claim;
  const result = await bringInSafely(ctx, reached, { studio, project, quote, run, attempt, fetch, quoted, takes, ticket, output, aspect: await aspectOf(ctx, claim) });
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
  const reached = known.ok ? reach(ctx, known.quoted.terms.provider) : null;
  if (known.ok && reached) await reached.provider.cancel(reached.call, known.ticket);
}
