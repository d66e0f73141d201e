import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { OFFLINE, ProblemError } from "#lib/api/problem.ts";
import type { SavedScript, Script, ScriptFormat } from "#lib/api/types.ts";
import type { Journal, JournalEntry } from "./journal.ts";
import { Saving, type Shown } from "./saving.ts";

interface Put { text: string; format: ScriptFormat; base: number }

const scriptOf = (text: string, version: number, format: ScriptFormat = "fountain"): Script =>
  ({ object: "script", project: "prj_1", text, format, version, sha256: "", savedAt: "2026-11-29T12:00:00.000Z" });

/** A server with one script, whose answers take a while and can get lost. */
class Server {
  script: Script;
  puts: Put[] = [];
  versions: string[] = [];
  line: "up" | "down" | "answers get lost" = "up";
  /** A status that what is read is refused with. */
  refusal: number | null = null;

  constructor(text: string) { this.script = scriptOf(text, 1); }

  save(text: string, format: ScriptFormat = "fountain") { this.script = scriptOf(text, this.script.version + 1, format); }

  async put(body: Put): Promise<SavedScript> {
    this.puts.push(body);
    await this.#travel();
    const { text, format, base } = body;
    if (base !== this.script.version && text !== this.script.text) {
      this.versions.push(text);
      throw new ProblemError({ status: 409, code: "script.changed", detail: "" });
    }
    if (text !== this.script.text || format !== this.script.format) this.save(text, format);
    if (this.line === "answers get lost") throw new ProblemError({ status: 0, code: OFFLINE, detail: "" });
    return { ...this.script, filmVersion: 1, scenes: 0, shots: 0 };
  }

  async get(): Promise<Script> {
    await this.#travel();
    if (this.refusal !== null) throw new ProblemError({ status: this.refusal, code: "", detail: "" });
    return this.script;
  }

  async keep(): Promise<void> {
    await this.#travel();
    this.versions.push(this.script.text);
  }

  async #travel() {
    await new Promise((done) => { setTimeout(done, 2_000); });
    if (this.line === "down") throw new ProblemError({ status: 0, code: OFFLINE, detail: "" });
  }
}

function openPage(server: Server, left?: JournalEntry) {
  const kept: { entry: JournalEntry | undefined } = { entry: left };
  const journal: Journal = {
    takeOver: async () => kept.entry,
    write: async (entry) => { kept.entry = entry; return true; },
    clear: async () => { kept.entry = undefined; },
    leave: () => {},
  };
  const shown: Shown = { state: "saved", savedAt: null, problem: null, theirs: null, isKeptHere: true };
  return { kept, saving: new Saving({ script: server.script, shown, server, journal, onSaved: () => {} }) };
}

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Waits for work that waits for timers. */
async function whole<Value>(work: Promise<Value>): Promise<Value> {
  await wait(30_000);
  return work;
}

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

test("typing during a slow save is saved after it, over the version that it made", async () => {
  const server = new Server("One.");
  const { saving, kept } = openPage(server);
  saving.type("One. Two.");
  await wait(900);
  saving.type("One. Two. Three.");
  await wait(900);
  expect(server.puts).toHaveLength(1);
  await wait(10_000);
  expect(server.puts.map(({ text, base }) => [text, base])).toEqual([["One. Two.", 1], ["One. Two. Three.", 2]]);
  expect([saving.state, saving.version, saving.isSaved, kept.entry]).toEqual(["saved", 3, true, undefined]);
});

test("whoever needs it saved waits for the save under way and for what was typed since", async () => {
  const server = new Server("One.");
  const { saving } = openPage(server);
  saving.type("One. Two.");
  await wait(900);
  saving.type("One. Two. Three.");
  await whole(Promise.all([saving.flush(), saving.flush()]));
  expect(server.puts.map(({ base }) => base)).toEqual([1, 2]);
  expect(server.script.text).toBe("One. Two. Three.");
});

test("a save that arrived without its answer is no other's", async () => {
  const server = new Server("One.");
  server.line = "answers get lost";
  const { saving } = openPage(server);
  saving.type("One. Two.");
  await wait(3_000);
  expect([saving.state, saving.isSaved, server.script.version]).toEqual(["offline", false, 2]);
  server.line = "up";
  saving.type("One.");
  await wait(10_000);
  expect([saving.state, server.script.text, server.script.version]).toEqual(["saved", "One.", 3]);
});

test.each([401, 429])("a question that is refused with %i leaves open whether the save before it arrived", async (refusal) => {
  const server = new Server("One.");
  server.line = "answers get lost";
  const { saving } = openPage(server);
  saving.type("One. Two.");
  await wait(3_000);
  [server.line, server.refusal] = ["up", refusal];
  saving.type("One. Two. Three.");
  await wait(4_000);
  expect([saving.state, server.puts.length]).toEqual(["failed", 1]);
  server.refusal = null;
  await whole(saving.flush());
  expect([saving.state, server.script.text, server.script.version, server.versions]).toEqual(["saved", "One. Two. Three.", 3, []]);
});

test("what a closed page left is put back, and is a conflict where another text was saved since, with both there to see", async () => {
  const server = new Server("One.");
  const left: JournalEntry = { text: "One. Mine.", format: "fountain", base: 1, at: 0 };
  const first = openPage(server, left);
  expect(await first.saving.recover()).toBe("One. Mine.");
  expect([first.saving.state, first.saving.text, server.puts]).toEqual(["typing", "One. Mine.", []]);
  await whole(first.saving.flush());
  expect([first.saving.state, server.script.text, first.kept.entry]).toEqual(["saved", "One. Mine.", undefined]);

  server.save("One. Theirs.");
  const second = openPage(server, { ...left, text: "One. More.", base: 2 });
  expect(await second.saving.recover()).toBe("One. More.");
  await whole(second.saving.flush());
  second.saving.type("One. More.");
  expect([second.saving.state, second.saving.theirs?.text, second.kept.entry?.base]).toEqual(["conflict", "One. Theirs.", 2]);
  expect(server.versions).toEqual(["One. More."]);
});

async function conflict() {
  const server = new Server("One.");
  const page = openPage(server);
  server.save("Theirs.", "md");
  page.saving.type("Mine.");
  await wait(10_000);
  expect(page.saving.state).toBe("conflict");
  page.saving.type("Mine, longer.");
  return { server, ...page };
}

test("taking theirs keeps mine as it is by then among the versions, and takes their format", async () => {
  const { server, saving, kept } = await conflict();
  await whole(saving.settle("Theirs.", "Theirs"));
  expect(server.versions).toEqual(["Mine.", "Mine, longer."]);
  expect([saving.state, saving.text, saving.format, saving.theirs, kept.entry]).toEqual(["saved", "Theirs.", "md", null, undefined]);
  expect(server.script.version).toBe(2);
});

test("one made of both is in the journal until it is saved, and both are among the versions", async () => {
  const { server, saving, kept } = await conflict();
  const settling = saving.settle("Both.", "Theirs");
  await wait(4_500);
  await settling;
  expect(kept.entry).toMatchObject({ text: "Both.", format: "fountain", base: 2 });
  await whole(saving.flush());
  expect(server.versions).toEqual(["Mine.", "Mine, longer.", "Theirs."]);
  expect([saving.state, server.script.text, server.script.format, kept.entry]).toEqual(["saved", "Both.", "fountain", undefined]);
});

test("a conflict that cannot be settled now stays one, with nothing lost", async () => {
  const { server, saving, kept } = await conflict();
  server.line = "down";
  const failed = expect(saving.settle("Theirs.", "Theirs")).rejects.toMatchObject({ code: OFFLINE });
  await wait(10_000);
  await failed;
  expect([saving.state, saving.text, kept.entry?.text]).toEqual(["conflict", "Mine, longer.", "Mine, longer."]);
});

test("undo brings a replaced text back with its own format, and what is as it was saved leaves no journal", async () => {
  const server = new Server("INT. A\r\n");
  const { saving, kept } = openPage(server);
  saving.replace("Plain.\r\n", "txt");
  expect(kept.entry).toMatchObject({ text: "Plain.\n", format: "txt" });
  saving.type("INT. A\n");
  expect([saving.format, saving.state, kept.entry]).toEqual(["fountain", "saved", undefined]);
  saving.type("Plain.\n");
  await wait(10_000);
  expect(server.puts).toEqual([{ text: "Plain.\n", format: "txt", base: 1 }]);
});
