/** What another provider made is made what a film needs by the house, before anything of it is accepted: length to the frame, size, encoding, sound. */
import { settings } from "#core/env.ts";
import type { Ctx } from "#core/context.ts";
import { signLink, storeStream, type ContentType } from "#domains/media/index.ts";
import type { Aspect, Json } from "#film/film.ts";
import type { TimedWord } from "#film/inputs/model-request.ts";
import type { ExpectedFile, ExpectedOutput } from "#film/inputs/expected-output.ts";
import { reach } from "../providers/index.ts";
import type { Call, Provider } from "../providers/provider.ts";
import { bad, download, later, type NotFetched } from "./fetching.ts";
import { keepFor, keptKey, rawKey } from "./keeping.ts";
import { submissionId, type Attempt } from "./webhook-url.ts";

const LINK_SECONDS = 6 * 3_600;
const SUBMIT_TIMEOUT_MS = 10_000;
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
  aspect: Aspect;
  expected: ExpectedOutput;
  output: Json;
}

export type Conformed = { provider: Provider; call: Call; output: Json; rawKeys: string[] };

/** Takes the file in and has it conformed. Repeating it goes on where it was; `wait` while the house works. */
export async function conform(ctx: Ctx, reached: { provider: Provider; call: Call }, raw: Raw): Promise<Conformed | NotFetched> {
  const { studio, attempt, aspect, expected, output } = raw;
  const [role, ordered] = Object.entries(expected.files).find(([, file]) => file.required && file.kind !== "text") ?? [];
  const given = typeof output === "object" && output !== null && !Array.isArray(output) ? output : {};
  const address = role === undefined ? undefined : given[role];
  if (role === undefined || !ordered || typeof address !== "string") return bad("the file that was ordered is missing");
  const key = keptKey(studio, attempt, address) ?? rawKey(studio, attempt, role);
  if (!(await ctx.env.MEDIA.head(key))) {
    const taken = await takeIn(ctx, reached, { address, key, role, kind: ordered.kind });
    if (taken !== null) return taken;
  }
  const house = reach(ctx, "house");
  if (!house) return later("the house is not set up here");
  const { url } = await signLink(ctx, key, LINK_SECONDS);
  const { sight, end } = await house.provider.submit(house.call, {
    model: "dailies/conform", version: null, id: `${submissionId(attempt)}-conform`, webhookUrl: null, signal: AbortSignal.timeout(SUBMIT_TIMEOUT_MS), keep: keepFor(ctx, studio, attempt),
    request: {
      tool: "house",
      input: {
        file: `${settings(ctx.env).RENDERER_CALLBACK_ORIGIN}${url}`, kind: ordered.kind, aspect, frames: ordered.kind === "video" ? expected.frames : null,
        channels: ordered.kind === "audio" ? ordered.channels : 1, words: wordsIn(await wordsOf(ctx, raw, given["words"] ?? null)),
      },
    },
  });
  if (end !== "accepted" || sight === undefined) return later("the house could not look at it");
  switch (sight.state) {
    case "running":
      return { ok: false, again: "wait", problem: { code: "conforming", detail: "Fitting it into the film" } };
    case "succeeded":
      return { ...house, output: { ...(sight.output as { [key: string]: Json }), ...valuesOf(given) }, rawKeys: [key] };
    case "failed":
    case "refused":
      return bad(sight.problem.detail);
    default:
      return later("the house could not look at it");
  }
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
