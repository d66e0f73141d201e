import { afterEach, beforeEach, expect, test, vi } from "vitest";
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

const DAY_MS = 24 * 3_600_000;

beforeEach(() => stored.clear());
afterEach(() => { vi.unstubAllGlobals(); });

test("an open page keeps its own, whatever another one saves", async () => {
  const [first, second] = [journalOf("usr_1", "prj_1"), journalOf("usr_1", "prj_1")];
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
    const gone = journalOf("usr_1", "prj_1");
    await gone.write(left);
    gone.leave();
  }
  const [first, second, other] = [journalOf("usr_1", "prj_1"), journalOf("usr_1", "prj_1"), journalOf("usr_1", "prj_2")];
  expect(await first.takeOver("Saved.")).toEqual(entry("Newer.", 2));
  expect(await second.takeOver("Saved.")).toEqual(entry("Older.", 1));
  expect(await other.takeOver("")).toBeUndefined();
  expect(stored.size).toBe(2);
  first.leave();
  second.leave();
  other.leave();
});

test("nobody takes over what another user typed, and what names no user is forgotten after a month", async () => {
  const gone = journalOf("usr_1", "prj_1");
  await gone.write(entry("Hers."));
  gone.leave();
  stored.set("script:prj_1:older", entry("Whose?", Date.now() - 31 * DAY_MS)).set("script:prj_1", entry("Whose?", Date.now() - DAY_MS));
  const his = journalOf("usr_2", "prj_1");
  expect(await his.takeOver("")).toBeUndefined();
  expect([...stored.values()].map((each) => (each as JournalEntry).text)).toEqual(["Hers.", "Whose?"]);
  his.leave();
});

test("over plain http, what was typed just now is left to the page that may still be open", async () => {
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  for (const written of [entry("Open.", Date.now()), entry("Left.", Date.now() - 61_000)]) await journalOf("usr_1", "prj_1").write(written);
  const [first, second] = [journalOf("usr_1", "prj_1"), journalOf("usr_1", "prj_1")];
  expect((await first.takeOver(""))?.text).toBe("Left.");
  await first.write(entry("Left, and longer.", Date.now()));
  expect(await second.takeOver("Open.")).toBeUndefined();
  expect(stored.size).toBe(2);
});
