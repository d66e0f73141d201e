/** How what was ordered by itself comes in: as its model made it, if it is what was ordered. Nothing is conformed, since it is not for one film's size and rate; videos are written anew. */
import type { StudioCtx } from "#core/context.ts";
import { derivedId } from "#core/id.ts";
import { contentTypes, probe, storeStream, type ContentType, type ProbeFacts } from "#domains/media/index.ts";
import { captionCues, webVtt } from "#film/captions.ts";
import { FRAME_RATE, type Json } from "#film/film.ts";
import type { TimedWord } from "#film/inputs/model-request.ts";
import type { Step } from "#film/plan.ts";
import { taskFault, taskFiles, taskLevelFault, type TaskFile } from "#film/tasks/files.ts";
import { wordsIn, wordsOf } from "../runs/conforming.ts";
import { bad, discard, download, later, type NotFetched } from "../runs/fetching.ts";
import { keptKey, rawKey } from "../runs/keeping.ts";
import { record, type BroughtIn, type Delivery, type RecordedFile } from "../runs/recording.ts";
import { isLookedAt, lookAt } from "./looking.ts";
import { storeOrdered, type Reached } from "./reaching.ts";

const TEXT_BYTES_MAX = 10_000_000;

type Output = { [key: string]: Json };

export async function bringInTask(ctx: StudioCtx, reached: Reached, delivery: Delivery): Promise<BroughtIn> {
  const { step } = delivery.quoted;
  const output = outputIn(delivery.output);
  const take = await derivedId("take", delivery.project, step.fingerprint);
  const stemOf = (role: string): string => `takes/${delivery.studio}/${take}/${role}-${delivery.attempt}-${delivery.fetch}`;
  const ordered = Object.entries(taskFiles(step.tool)).filter(([role, { required }]) => required || typeof output[role] === "string");
  const looks = await Promise.all(ordered.map(async ([role, file]) => {
    const address = output[role];
    const look = typeof address === "string" && isLookedAt(reached, file) ? await lookAt(ctx, reached, { delivery, role, file, address }) : { reached, address: address ?? null, values: {} };
    return { role, file, look };
  }));
  const unseen = looks.map(({ look }) => look).find((look): look is NotFetched => "ok" in look);
  if (unseen) return unseen;
  const found = looks.flatMap(({ role, file, look }) => ("ok" in look ? [] : [{ role, file, ...look }]));
  const heard: Output = Object.assign({}, ...found.toReversed().map(({ values }) => values));
  const silence = taskLevelFault(step.tool, { ...output, ...heard });
  if (silence !== null) return bad(silence);
  const results = await Promise.all([
    ...found.map(({ role, file, reached: by, address }) => fetchTaskFile(ctx, by, { delivery, stem: stemOf(role), role, file, address })),
    ...(await textsOf(ctx, delivery, output)).map(({ role, contentType, text }) => storeText(ctx, { key: `${stemOf(role)}.${contentTypes[contentType].ending}`, role, contentType, text })),
  ]);
  const stored = results.flatMap((result) => ("object" in result ? [result] : []));
  const failure = results.find((result) => "ok" in result) ?? (stored.length === 0 ? bad("nothing that was ordered is in it") : undefined);
  if (failure) {
    await discard(ctx, stored);
    return failure;
  }
  const [longest = null] = stored.flatMap(({ facts }) => facts.durationMs ?? []).sort((a, b) => b - a);
  const recorded = await record(ctx, { delivery, take, stored, values: { ...valuesIn({ ...output, ...heard }), ...askedIn(step) }, frames: longest === null ? null : Math.max(1, Math.round((longest * FRAME_RATE) / 1_000)) });
  const mine = attemptOf(delivery);
  const kept = [...[...ordered.map(([role]) => role), "words"].map((role) => rawKey(delivery.studio, mine, role)), ...Object.values(output).flatMap((value) => (typeof value === "string" ? (keptKey(delivery.studio, mine, value) ?? []) : []))];
  if (recorded.ok && kept.length > 0) ctx.later(ctx.env.MEDIA.delete(kept).catch(() => undefined));
  return recorded;
}

const attemptOf = ({ quoted: { job }, attempt }: Delivery) => ({ job, attempt });

const outputIn = (output: Json): Output => (typeof output === "object" && output !== null && !Array.isArray(output) ? output : {});

/** What a model says about what it made, besides files. */
const valuesIn = (output: Output): Output => Object.fromEntries(Object.entries(output).filter(([, value]) => typeof value === "number" || typeof value === "boolean"));

/** What of an order stands beside what came of it: by which text a reading is found, and to what a reply answers. */
const askedIn = ({ tool, recipe: { params } }: Pick<Step, "tool" | "recipe">): Output =>
  tool === "break-down" ? { script: params["script"] ?? null } : tool === "chat" ? { message: params["message"] ?? null } : {};

/** Fetches a file, looks at what it really is, and keeps it if that was ordered. */
async function fetchTaskFile(
  ctx: StudioCtx, reached: Reached, { delivery, stem, role, file, address }: { delivery: Delivery; stem: string; role: string; file: TaskFile; address: Json },
): Promise<RecordedFile | NotFetched> {
  if (typeof address !== "string") return bad(`${role}: it is missing`);
  const opened = await open(ctx, reached, { delivery, address, role });
  if ("ok" in opened) return opened;
  const kept = await storeOrdered(ctx, opened.body, { role, file, keyOf: (contentType) => `${stem}.${contentTypes[contentType].ending}` });
  if (!kept.ok) return kept;
  const { key, contentType, object } = kept;
  const facts = await probe(ctx, key, kept.held);
  const fault = facts ? taskFault(delivery.quoted.step.recipe, file, facts) : "it did not arrive";
  if (fault === null && facts) return { role, object, facts, contentType };
  await ctx.env.MEDIA.delete(key);
  return bad(`${role}: ${fault}`);
}

/** A file of an output: what was answered at once lies in our own storage, the rest at the provider. */
async function open(ctx: StudioCtx, reached: Reached, { delivery, address, role }: { delivery: Delivery; address: string; role: string }): Promise<{ body: ReadableStream<Uint8Array> } | NotFetched> {
  if (!address.startsWith("kept:")) return download(reached, address, role);
  const key = keptKey(delivery.studio, attemptOf(delivery), address);
  const kept = key === null ? null : await ctx.env.MEDIA.get(key);
  return kept ? { body: kept.body as ReadableStream<Uint8Array> } : bad(`${role}: what the provider answered is not there any more`);
}

interface Text {
  role: string;
  contentType: ContentType & ("application/json" | "text/vtt");
  text: string;
}

/** What is written from the words that a model heard or spoke: a transcript with its captions, or the times of a voice. */
async function textsOf(ctx: StudioCtx, delivery: Delivery, output: Output): Promise<Text[]> {
  const { tool } = delivery.quoted.step;
  if (tool !== "transcribe" && tool !== "voice") return [];
  const words = wordsIn(await wordsOf(ctx, { studio: delivery.studio, attempt: attemptOf(delivery) }, output["words"] ?? null));
  if (tool === "voice") return words ? [{ role: "timings", contentType: "application/json", text: JSON.stringify({ words, seconds: words.at(-1)?.end ?? 0 }) }] : [];
  const heard = words ?? [];
  const text = textOf(heard);
  return [
    { role: "transcript", contentType: "application/json", text: JSON.stringify({ text, words: heard }) },
    { role: "captions", contentType: "text/vtt", text: webVtt(captionCues([{ name: "", text, startFrame: 0, words: heard.filter(({ text: word }) => word.trim() !== ""), seconds: heard.at(-1)?.end ?? 0 }])) },
  ];
}

const textOf = (words: readonly TimedWord[]): string => words.map(({ text }) => text.trim()).filter((word) => word !== "").join(" ");

async function storeText(ctx: StudioCtx, { key, role, contentType, text }: Text & { key: string }): Promise<RecordedFile | NotFetched> {
  const outcome = await storeStream(ctx, { key, body: new Blob([text]).stream() as ReadableStream<Uint8Array>, contentType, bytesMax: TEXT_BYTES_MAX });
  const facts: Pick<ProbeFacts, "durationMs" | "width" | "height"> = { durationMs: null, width: null, height: null };
  return outcome.ok ? { role, object: outcome.object, facts, contentType } : later(`${role}: it could not be stored`);
}
