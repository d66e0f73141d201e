/** What a vendor answers is external input: read up to a limit, never followed elsewhere, and what cannot be read is nothing known. */
import type { Json } from "#film/film.ts";
import type { Call, Problem, Sight, Submission } from "./provider.ts";

/** An answer in JSON is read whole, so it has a largest size. */
const JSON_BYTES_MAX = 8_000_000;
const HEAD_LETTERS = 4_096;
const ASK_TIMEOUT_MS = 10_000;
/** Our own storage is read again after this. */
const INPUT_WAIT_MS = 5_000;

/** An answer as JSON. `json` is undefined where it is none, and where it was too large to be read: then `head` is how it begins. */
export interface Answer {
  status: number;
  headers: Headers;
  json: unknown;
  head: string | null;
}

/** Sends a request whose answer is JSON; null: no answer came, or it was cut off. Redirects are not followed: a key would go along. */
export async function ask(call: Call, url: string, init: RequestInit): Promise<Answer | null> {
  const response = await send(call, url, init);
  return response && readAnswer(response);
}

/** The same for an answer whose body is a file; null: no answer came. */
export async function send(call: Call, url: string, init: RequestInit): Promise<Response | null> {
  try {
    return await call.fetch(url, { redirect: "manual", signal: AbortSignal.timeout(ASK_TIMEOUT_MS), ...init });
  } catch {
    return null;
  }
}

/** Reads an answer as JSON; null where it was cut off. */
export async function readAnswer(response: Response): Promise<Answer | null> {
  try {
    const { text, isWhole } = await textOf(response);
    return { status: response.status, headers: response.headers, json: isWhole ? parsed(text) : undefined, head: isWhole ? null : text.slice(0, HEAD_LETTERS) };
  } catch {
    return null;
  }
}

/** The text of an answer, as far as we read it. Throws where it is cut off. */
async function textOf(response: Response): Promise<{ text: string; isWhole: boolean }> {
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    bytes += part.value.length;
    if (bytes > JSON_BYTES_MAX) {
      await reader?.cancel();
      return { text: parts.join(""), isWhole: false };
    }
    parts.push(decoder.decode(part.value, { stream: true }));
  }
  return { text: parts.join("") + decoder.decode(), isWhole: true };
}

/** JSON of a text, or undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** No answer came, or it stopped in the middle: the work may have been taken. */
export const LOST: Submission = { end: "unknown", because: "lost" };
/** An answer came that says nothing. */
export const UNREADABLE: Submission = { end: "unknown", because: "answered" };

const rejected = (problem: Problem, retry: "never" | "later", wait: number | null): Submission => ({ end: "rejected", problem, retry, retryAfterMs: wait });

/** The provider has no room now. */
export const busy = (waitMs: number): Submission => rejected({ code: "throttled", detail: "The provider has too much to do." }, "later", waitMs);
/** Our key, account or set-up is at fault: the customer can do nothing about it. */
export const NOT_LET_IN: Submission = rejected({ code: "provider_config", detail: "The provider did not let us in. We have been told; nothing was charged." }, "later", null);
/** The vendor has taken the model away: the job goes to another one that its quote allows. Where there is none, waiting would be in vain. */
export const MODEL_GONE: Submission = rejected({ code: "model_gone", detail: "The provider does not have this model any more. Choose another model; nothing was charged." }, "never", null);
/** The provider does not take what it was asked for. */
export const badInput = (detail: string): Submission => rejected({ code: "bad_input", detail: `${detail} Nothing was charged.` }, "never", null);
/** A file of ours could not be read for a moment: nothing was sent, and the customer has nothing to change. */
export const INPUT_UNREAD: Submission = rejected({ code: "input_unread", detail: "A file that it is made from could not be read just now. Nothing was sent, and nothing was charged." }, "later", INPUT_WAIT_MS);
/** What it was asked for broke its rules. `what`: text, description, picture. */
export const refusedInput = (what: string): Submission => ({ end: "refused", problem: refusal(what) });
/** What failed at a vendor is bought again by itself only where it is known to have cost nothing. */
export const retryAt = (costMicros: number | null): "never" | "later" => (costMicros === 0 ? "later" : "never");
/** A vendor says that it made something, and gives nothing: unless it says that this cost nothing, it is paid for. */
export const madeNothing = (who: string, ticket: Json, costMicros: number | null): Sight => ({
  state: "failed", ticket, retry: retryAt(costMicros), costMicros, problem: { code: "empty_output", detail: `${who} said that it was made, and gave nothing back. Nothing was charged.` },
});
export const refusal = (what: string): Problem => ({
  code: "refused", detail: `The model refused this ${what}. Take out what may read as violent, sexual, hateful or about a real person or a brand, and make it again.`,
});
