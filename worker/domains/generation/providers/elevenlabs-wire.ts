/** ElevenLabs' answers, read: its refusals, and its letters with times as words. */
import { z } from "@hono/zod-openapi";
import type { TimedWord } from "#film/inputs/model-request.ts";
import { badInput, busy, MODEL_GONE, NOT_LET_IN, readAnswer, refusedInput, UNREADABLE } from "./answers.ts";
import type { Call, Submission } from "./provider.ts";
import { waitMs } from "./wording.ts";

const Times = z.array(z.number().nonnegative());
const Alignment = z.object({ characters: z.array(z.string().max(20)), character_start_times_seconds: Times, character_end_times_seconds: Times });

/** An answer of `with-timestamps`: there may be no times at all. */
export const SpeechWithTimes = z.object({ audio_base64: z.string().min(1), alignment: Alignment.nullish() });

export const Transcript = z.object({
  text: z.string(), language_code: z.string().max(20).nullish(),
  words: z.array(z.object({ text: z.string(), start: z.number().nullish(), end: z.number().nullish(), type: z.string().max(40) })).max(200_000),
});

export const Dub = z.object({ dubbing_id: z.string().min(1).max(200), expected_duration_sec: z.number().nonnegative().nullish() });
export const DubState = z.object({ dubbing_id: z.string().max(200), status: z.string().max(60), error: z.string().nullish() });

const Failure = z.object({ detail: z.object({ status: z.string().max(200).nullish(), code: z.string().max(200).nullish(), message: z.string().nullish() }) });

/** Letters grouped into words at white space; null where there are no times, or they fit no letters. */
export function wordsOf(alignment: z.infer<typeof Alignment> | null | undefined): TimedWord[] | null {
  if (!alignment) return null;
  const { characters, character_start_times_seconds: starts, character_end_times_seconds: ends } = alignment;
  if (starts.length !== characters.length || ends.length !== characters.length) return null;
  const words: TimedWord[] = [];
  let isWithin = false;
  for (const [at, letter] of characters.entries()) {
    const start = starts[at] ?? 0;
    const end = ends[at] ?? start;
    const last = words.at(-1);
    if (letter.trim() === "") isWithin = false;
    else if (isWithin && last) Object.assign(last, { text: last.text + letter, end });
    else {
      words.push({ text: letter, start, end });
      isWithin = true;
    }
  }
  return words;
}

/** Words of a transcript: neither the space between them, nor laughter and footsteps. */
export const spokenWords = ({ words }: z.infer<typeof Transcript>): TimedWord[] =>
  words.flatMap(({ text, start, end, type }) => (type === "word" && typeof start === "number" && typeof end === "number" ? [{ text, start, end }] : []));

/** Its own cap is reached: the next place comes soon. */
const OWN_CAP_WAIT_SECONDS = 3;
/** All of its machines are busy. */
const SYSTEM_BUSY_WAIT_SECONDS = 20;

const aboutContent = /content|terms|moderat|policy|bad_prompt|prohibit|unsafe|violat|copyright/i;

/** What an answer other than success means. `what`: of what was sent, in a person's words. */
export async function failureOf({ now }: Call, response: Response, what: string): Promise<Submission> {
  const answer = await readAnswer(response);
  const detail = Failure.safeParse(answer?.json).data?.detail;
  const status = `${detail?.status ?? ""} ${detail?.code ?? ""}`;
  const wait = (otherwiseSeconds: number): number => waitMs(response.headers, { now: now(), otherwiseSeconds });
  switch (response.status) {
    case 429:
      // The same status for two things: we have too many under way, or everybody has.
      if (/system_busy/.test(status)) return { end: "rejected", problem: { code: "capacity", detail: "The provider has no room for anybody now." }, retry: "later", retryAfterMs: wait(SYSTEM_BUSY_WAIT_SECONDS) };
      return busy(wait(OWN_CAP_WAIT_SECONDS));
    case 400:
    case 403:
    case 422:
      if (/max_character_limit|text_too_long/.test(status)) return badInput(`The ${what} is too long for this model. Make it shorter, or take another model.`);
      if (/quota|api_key|permission|unusual_activity/.test(status)) return NOT_LET_IN;
      if (aboutContent.test(status) || (response.status !== 422 && aboutContent.test(detail?.message ?? ""))) return refusedInput(what);
      return response.status === 403 ? NOT_LET_IN : badInput(`The model did not take this ${what}. Change it, or take another model.`);
    case 401:
    case 402:
      return NOT_LET_IN;
    case 404:
      return MODEL_GONE;
    case 503:
      return detail ? busy(wait(SYSTEM_BUSY_WAIT_SECONDS)) : UNREADABLE;
    default:
      return UNREADABLE;
  }
}
