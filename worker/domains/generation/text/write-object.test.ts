import { expect, test } from "vitest";
import { z } from "zod";
import { TEXT_KEY, textWorld } from "../../../../test/text-world.ts";
import { costOf, textModels } from "./models.ts";
import { writeObject, writersFor } from "./write-object.ts";

const Scene = z.object({ title: z.string(), props: z.array(z.object({ name: z.string(), line: z.int() })) });
const scene = { title: "Diner", props: [{ name: "cup", line: 3 }] };
const order = { schema: Scene, instructions: "Find the props.", input: "MARTA wipes the counter with a cup.", maxOutputTokens: 500 };

const vendors = ["openai", "anthropic", "gemini", "workers-ai"] as const;

test.each(vendors)("%s writes what was asked for, in its shape, and says what it cost", async (vendor) => {
  const { ctx, emulators } = textWorld([vendor]);
  emulators[vendor].texts.answers.push({ says: scene });
  const written = await writeObject(ctx, order);
  expect(written).toMatchObject({ ok: true, value: scene });
  const model = textModels.get(written.model ?? "");
  expect(model?.provider).toBe(vendor);
  expect(written.tokens.input).toBeGreaterThan(10);
  expect(written.costMicros).toBe(model && costOf(model, written.tokens));
  expect(emulators[vendor].submitted).toHaveLength(1);
});

test.each(vendors)("%s: words that are no such thing are unreadable, an answer that is lost is lost, and neither is asked for twice", async (vendor) => {
  const cases = [["says nothing of the shape", { says: "Sure! Here you are." }, "unreadable"], ["says another shape", { says: { title: 7 } }, "unreadable"], ["stops in the middle", "stop", "too_long"]] as const;
  for (const [name, answer, because] of cases) {
    const { ctx, emulators } = textWorld([vendor]);
    emulators[vendor].texts.answers.push(answer);
    expect(await writeObject(ctx, order), `${vendor} ${name}`).toMatchObject({ ok: false, because });
    expect(emulators[vendor].submitted, name).toHaveLength(1);
  }
  for (const does of ["lost", "hang", "truncated", { status: 500 }] as const) {
    const { ctx, emulators } = textWorld([vendor]);
    emulators[vendor].faults.push({ at: "create", does });
    expect(await writeObject(ctx, { ...order, signal: AbortSignal.timeout(300) }), `${vendor} ${JSON.stringify(does)}`).toMatchObject({ ok: false, because: "lost" });
    expect(emulators[vendor].submitted).toHaveLength(1);
  }
});

test.each(["openai", "anthropic", "gemini"] as const)("%s: a refusal is one, a page of a proxy is nothing to read, and no answer is read without an end", async (vendor) => {
  const { ctx, emulators } = textWorld([vendor]);
  emulators[vendor].texts.answers.push("refuse");
  expect(await writeObject(ctx, order)).toMatchObject({ ok: false, because: "refused" });
  emulators[vendor].faults.push({ at: "create", does: "html", times: 1 });
  expect(await writeObject(ctx, order)).toMatchObject({ ok: false, because: "unreadable" });
  emulators[vendor].faults.push({ at: "create", does: "endless", times: 1 });
  expect(await writeObject(ctx, { ...order, signal: AbortSignal.timeout(5_000) })).toMatchObject({ ok: false });
});

test("one that has no room, or does not let us in, is passed over; if all are busy it says how long", async () => {
  const { ctx, emulators } = textWorld(["openai", "anthropic", "gemini"]);
  emulators.gemini.faults.push({ at: "create", does: { status: 429 } });
  emulators.openai.faults.push({ at: "create", does: { status: 429, body: JSON.stringify({ error: { message: TEXT_KEY, type: "insufficient_quota", code: "insufficient_quota" } }) } });
  emulators.anthropic.texts.answers.push({ says: scene });
  expect(await writeObject(ctx, order)).toMatchObject({ ok: true, model: expect.stringContaining("anthropic") });
  emulators.anthropic.faults.push({ at: "create", does: { status: 529, headers: { "retry-after": "9" } } });
  const busy = await writeObject(ctx, { ...order, model: "anthropic/haiku" });
  expect(busy).toMatchObject({ ok: false, because: "busy", retryAfterMs: 9_000 });
  expect(JSON.stringify(await writeObject(ctx, { ...order, model: "openai/luna" }))).not.toContain(TEXT_KEY);
});

test("without a key nothing is asked; a text that fits nowhere is too long; the cheapest is asked first, or the best", async () => {
  expect(await writeObject(textWorld([]).ctx, order)).toMatchObject({ ok: false, because: "not_configured", model: null });
  const { ctx, asked } = textWorld(["openai", "anthropic", "gemini", "workers-ai"]);
  expect(await writeObject(ctx, { ...order, input: "x".repeat(4_000_000) })).toMatchObject({ ok: false, because: "too_long" });
  expect(await writeObject(ctx, { ...order, maxOutputTokens: 100_000 })).toMatchObject({ ok: false, because: "too_long" });
  expect(asked).toHaveLength(0);
  const sizes = { inputTokens: 1_000, maxOutputTokens: 500 };
  expect(writersFor(ctx, sizes)[0]?.id).toBe("workers-ai/gpt-oss-120b");
  expect(writersFor(ctx, { ...sizes, wish: "best" })[0]?.id).toBe("anthropic/sonnet");
  expect(writersFor(ctx, { ...sizes, inputTokens: 300_000 }).map(({ id }) => id)).not.toContain("anthropic/haiku");
});

test("a redirect is not followed, and no key goes along", async () => {
  const { ctx, emulators, asked } = textWorld(["anthropic"]);
  emulators.anthropic.faults.push({ at: "create", does: { status: 307, body: "", headers: { location: "https://elsewhere.example/" } } });
  expect(await writeObject(ctx, { ...order, model: "anthropic/haiku" })).toMatchObject({ ok: false, because: "lost" });
  expect(asked.every((url) => url.startsWith("https://api.anthropic.com/"))).toBe(true);
});
