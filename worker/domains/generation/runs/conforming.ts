/** What another provider made is made what a film needs by the house, before anything of it is accepted: length to the frame, size, encoding, sound. */
import { settings } from "#core/env.ts";
import type { Ctx } from "#core/context.ts";
import { signLink, storeStream, type ContentType } from "#domains/media/index.ts";
import type { Aspect, Json } from "#film/film.ts";
import type { TimedWord } from "#film/inputs/model-request.ts";
import type { ExpectedFile, ExpectedOutput } from "#film/inputs/expected-output.ts";
import { reach } from "../providers/index.ts";
import type { Call, Provider } from "../providers/provider.ts";
import { bad, download, held, later, type NotFetched } from "./fetching.ts";
import { fit, LINK_SECONDS } from "./fitting.ts";
import { keptKey, rawKey } from "./keeping.ts";
import type { Attempt } from "./webhook-url.ts";

const WORDS_BYTES_MAX = 4_000_000;

/** As what a file is stored until it is conformed; what it really is, the conforming finds out. */
const rawTypes: Record<ExpectedFile["kind"], { contentType: ContentType; bytesMax: number }> = {
  video: { contentType: "video/mp4", bytesMax: 4_000_000_000 },
  audio: { contentType: "audio/mpeg", bytesMax: 1_000_000_000 },
  image: { contentType: "image/png", bytesMax: 100_000_000 },
  text: { contentType: "application/json", bytesMax: 10_000_000 },
};

export interface Raw {
  studio: string;
  attempt: Pick<Attempt, "job" | "attempt">;
  /** How often it was tried to bring it in, this time included. */
  fetch: number;
  aspect: Aspect;
  expected: ExpectedOutput;
  output: Json;
}

export type Conformed = { provider: Provider; call: Call; output: Json; rawKeys: string[] };

/** Takes the file in and has it conformed. Repeating it goes on where it was; `wait` while the house works. */
export async function conform(ctx: Ctx, reached: { provider: Provider; call: Call }, raw: Raw): Promise<Conformed | NotFetched> {
  const { studio, attempt, expected, output } = raw;
  const [role, ordered] = Object.entries(expected.files).find(([, file]) => file.required && file.kind !== "text") ?? [];
  const given = typeof output === "object" && output !== null && !Array.isArray(output) ? output : {};
  const address = role === undefined ? undefined : given[role];
  if (role === undefined || !ordered || typeof address !== "string") return bad("the file that was ordered is missing");
  const key = keptKey(studio, attempt, address) ?? rawKey(studio, attempt, role);
  const isNew = !(await ctx.env.MEDIA.head(key));
  const notTaken = isNew ? await takeIn(ctx, reached, { address, key, role, kind: ordered.kind }) : null;
  if (notTaken !== null) return notTaken;
  const house = reach(ctx, "house");
  if (!house) return held;
  const seen = await fit(ctx, house, { ...raw, model: "conform", text: "Fitting it into the film" }, { isNew, input: () => inputOf(ctx, raw, { key, ordered, words: given["words"] ?? null }) });
  return "ok" in seen ? seen : { ...house, output: { ...valuesOf(given), ...seen.output }, rawKeys: [key, rawKey(studio, attempt, "words")] };
}

async function inputOf(ctx: Ctx, raw: Raw, { key, ordered, words }: { key: string; ordered: ExpectedFile; words: Json }): Promise<Json> {
  const { url } = await signLink(ctx, key, LINK_SECONDS);
  const { aspect, expected: { frames, loudness } } = raw;
  return {
    file: `${settings(ctx.env).RENDERER_CALLBACK_ORIGIN}${url}`, kind: ordered.kind, aspect, frames: ordered.kind === "video" ? frames : null,
    channels: ordered.kind === "audio" ? ordered.channels : 1, lufs: loudness?.lufs ?? null, words: wordsIn(await wordsOf(ctx, raw, words)),
  };
}

/** What a provider says about a file, besides files and words. */
const valuesOf = (given: { [key: string]: Json }): { [key: string]: Json } =>
  Object.fromEntries(Object.entries(given).filter(([name, value]) => name !== "words" && (typeof value === "number" || typeof value === "boolean")));

/** Words as they were answered, or kept beside the file: after a crash the answer itself is gone. */
export async function wordsOf(ctx: Ctx, { studio, attempt }: Pick<Raw, "studio" | "attempt">, given: Json): Promise<Json> {
  const key = typeof given === "string" ? keptKey(studio, attempt, given) : null;
  if (key === null) return given;
  const kept = await ctx.env.MEDIA.get(key);
  const stored = kept && kept.size <= WORDS_BYTES_MAX ? await kept.json<{ words?: Json }>().catch(() => null) : null;
  return stored?.words ?? null;
}

/** Words with their times, as far as they are what they should be. */
export function wordsIn(given: Json): TimedWord[] | null {
  if (!Array.isArray(given)) return null;
  const words = given.filter((word): word is { text: string; start: number; end: number } =>
    typeof word === "object" && word !== null && !Array.isArray(word) && typeof word["text"] === "string" && typeof word["start"] === "number" && typeof word["end"] === "number");
  return words.length === 0 ? null : words.map(({ text, start, end }) => ({ text: text.slice(0, 200), start, end }));
}

/** Streams a result to storage. Null once it is there. */
async function takeIn(
  ctx: Ctx, reached: { provider: Provider; call: Call }, { address, key, role, kind }: { address: string; key: string; role: string; kind: ExpectedFile["kind"] },
): Promise<NotFetched | null> {
  if (address.startsWith("kept:")) return bad(`${role}: what the provider answered is not there any more`);
  const found = await download(reached, address, role);
  if ("ok" in found) return found;
  const outcome = await storeStream(ctx, { key, body: found.body, ...rawTypes[kind] });
  if (outcome.ok) return null;
  return outcome.reason === "cut_off" ? later("it was cut off") : bad(`${role}: it is ${outcome.reason === "empty" ? "empty" : "too large"}`);
}
