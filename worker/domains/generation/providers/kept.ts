/**
 * Vendors that answer at once: the body of the one answer streams to storage, and what is stored is the proof that it came. Their tickets say which
 * files were kept; a submission whose answer was lost is found by its files or not at all, since the vendor keeps nothing to ask for.
 */
import { z } from "@hono/zod-openapi";
import { fromBase64 } from "#core/encoding.ts";
import type { Json } from "#film/film.ts";
import type { TimedWord } from "#film/inputs/model-request.ts";
import type { Keep, Problem, Provider, Sight, Submission } from "./provider.ts";

/** `id`: the vendor's, of the request; `kept`: the roles of what was stored. */
const Ticket = z.object({ id: z.string().max(200), kept: z.array(z.string().max(41)).max(10), costMicros: z.number().nullable() });
type Ticket = z.infer<typeof Ticket>;

/** Roles that are a submission's whole result; whatever else is kept was put before them. */
const results = ["audio", "panel", "transcript", "reading", "reply"] as const;
/** Roles that go with a result. */
const companions = ["words"] as const;

const addresses = (kept: readonly string[]): { [role: string]: Json } => Object.fromEntries(kept.map((role) => [role, `kept:${role}`]));

/** What was answered at once: it is over. `values` take the place of addresses of the same name, as words that need not be read from storage again. */
export function answeredAtOnce(ticket: Ticket, values: { [name: string]: Json }): Submission & { sight: Sight } {
  const output: Json = { ...addresses(ticket.kept), ...values };
  return { end: "accepted", ticket, sight: { state: "succeeded", ticket, output, madeMs: null, costMicros: ticket.costMicros } };
}

/** What was answered at once, and paid for, and came to nothing: it is over, with its cost. Nothing of it is kept. */
export function failedAtOnce(problem: Problem, costMicros: number, state: "failed" | "refused" = "failed"): Submission & { sight: Sight } {
  const ticket: Ticket = { id: "", kept: [], costMicros };
  const ended = { ticket, problem, costMicros };
  return { end: "accepted", ticket, sight: state === "failed" ? { state, ...ended, retry: "never" } : { state, ...ended, stage: "input" } };
}

/** A ticket of something that was answered at once: its files are there. */
export function seeKept(ticket: Json): Sight {
  const read = Ticket.safeParse(ticket);
  if (!read.success || read.data.kept.length === 0) return { state: "silent" };
  return { state: "succeeded", ticket, output: addresses(read.data.kept), madeMs: null, costMicros: read.data.costMicros };
}

/** Finds what a lost answer left in storage. Nothing there is no proof that nothing was made, so it is `silent`. */
export async function lookUpKept({ keep }: { keep: Keep }): Promise<Sight> {
  try {
    for (const role of results) {
      if ((await keep.has(role)) === null) continue;
      const kept: string[] = [];
      for (const companion of companions) if ((await keep.has(companion)) !== null) kept.push(companion);
      return seeKept({ id: "", kept: [...kept, role], costMicros: null });
    }
  } catch {
    return { state: "silent" };
  }
  return { state: "silent" };
}

/** What vendors have in common that answer at once: a lost answer is given up after a minute, and what was taken cannot be taken back. */
export const atOnce = {
  lookupLagMs: 0, resolveMs: 60_000, delivers: "raw", billsRefusals: false,
  check: (_call, ticket) => Promise.resolve(seeKept(ticket)),
  lookup: (_call, lost) => lookUpKept(lost),
  cancel: () => Promise.resolve("too_late"),
} satisfies Partial<Provider>;

/** Keeps what was answered: false where it was cut off, so that nobody knows. */
export async function keepAll(keep: Keep, files: readonly { role: string; body: ReadableStream<Uint8Array>; contentType: string }[]): Promise<boolean> {
  try {
    for (const { role, body, contentType } of files) await keep.put(role, body, contentType);
    return true;
  } catch {
    return false;
  }
}

/** Bytes as a stream. */
export const streamOf = (bytes: Uint8Array): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (controller) => {
      controller.enqueue(bytes);
      controller.close();
    },
  });

/** Words and when they are spoken, as a file to keep. */
export const wordsFile = (role: "words" | "transcript", words: readonly TimedWord[], more: { [name: string]: Json } = {}) => ({
  role, body: streamOf(new TextEncoder().encode(JSON.stringify({ ...more, words }))), contentType: "application/json",
});

/** Keeps a picture that came in base64, within an answer; null where it is none. */
export async function keepPicture(keep: Keep, base64: string, contentType: string): Promise<boolean | null> {
  const bytes = fromBase64(base64);
  return bytes === null || bytes.length === 0 ? null : keepAll(keep, [{ role: "panel", body: streamOf(bytes), contentType }]);
}
