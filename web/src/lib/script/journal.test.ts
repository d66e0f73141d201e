import { beforeEach, expect, test, vi } from "vitest";
import { journalOf, type JournalEntry } from "./journal.ts";

const stored = vi.hoisted(() => new Map<string, unknown>());

vi.mock("idb-keyval", () => ({
  keys: async () => [...stored.keys()],
  getMany: async (keys: string[]) => keys.map((key) => stored.get(key)),
  set: async (key: string, value: unknown) => void stored.set(key, value),
  del: async (key: string) => void stored.delete(key),
  delMany: async (keys: string[]) => { for (const key of keys) stored.delete(key); },
}));

const entry = (text: string, at = 1): JournalEntry => ({ text, format: "fountain", base: 1, at });

beforeEach(() => stored.clear());

test("an open page keeps its own, whatever another one saves", async () => {
  const [first, second] = [journalOf("prj_1"), journalOf("prj_1")];
  await first.takeOver("");
  await first.write(entry("First."));
  expect(await second.takeOver("")).toBeUndefined();
  await second.write(entry("Second."));
  await second.clear();
  expect([...stored.values()]).toEqual([entry("First.")]);
  first.leave();
  second.leave();
});

test("what pages left is taken over once, the newest first, without what the server has", async () => {
  for (const left of [entry("Older.", 1), entry("Newer.", 2), entry("Saved.", 3), entry(" \n", 4)]) {
    const gone = journalOf("prj_1");
    await gone.write(left);
    gone.leave();
  }
  const [first, second, other] = [journalOf("prj_1"), journalOf("prj_1"), journalOf("prj_2")];
  expect(await first.takeOver("Saved.")).toEqual(entry("Newer.", 2));
  expect(await second.takeOver("Saved.")).toEqual(entry("Older.", 1));
  expect(await other.takeOver("")).toBeUndefined();
  expect(stored.size).toBe(2);
  first.leave();
  second.leave();
  other.leave();
});
