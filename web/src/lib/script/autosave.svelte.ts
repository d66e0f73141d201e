import { OFFLINE, toProblem, type ProblemError } from "#lib/api/problem.ts";
import { getScript, putScript } from "#lib/api/projects.ts";
import type { SavedScript, Script, ScriptFormat } from "#lib/api/types.ts";
import { clearJournal, readJournal, writeJournal } from "./journal.ts";

const DEBOUNCE_MS = 800;
const AGAIN_MS = 5_000;

export type SaveState = "saved" | "typing" | "saving" | "offline" | "conflict" | "failed";

/** Saves a script while it is typed: into this device's journal first, then to the server, naming the version that it began from. */
export class Autosave {
  state: SaveState = $state("saved");
  savedAt: Date | null = $state(null);
  problem: ProblemError | null = $state(null);
  /** The other text, where somebody saved a different one meanwhile. */
  theirs: Script | null = $state(null);
  format: ScriptFormat;

  #project: string;
  #base: number;
  #text: string;
  #savedText: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #onSaved: (saved: SavedScript) => void;

  constructor(input: { project: string; script: Script | null; onSaved: (saved: SavedScript) => void }) {
    this.#project = input.project;
    this.#base = input.script?.version ?? 0;
    this.#text = input.script?.text ?? "";
    this.#savedText = this.#text;
    this.format = input.script?.format ?? "fountain";
    this.savedAt = input.script ? new Date(input.script.savedAt) : null;
    this.#onSaved = input.onSaved;
  }

  /** The version that the server is known to have. */
  get version(): number {
    return this.#base;
  }

  /** What this device kept from before, or null where there is nothing that the server does not have. */
  async recover(): Promise<string | null> {
    const entry = await readJournal(this.#project);
    if (!entry || entry.text === this.#savedText) return null;
    if (entry.base !== this.#base) {
      this.#text = entry.text;
      await this.#meet();
      return entry.text;
    }
    this.type(entry.text);
    return entry.text;
  }

  /** Called with every change of the text. */
  type(text: string): void {
    this.#text = text;
    void writeJournal(this.#project, { text, base: this.#base, at: Date.now() });
    if (this.state === "conflict") return;
    if (this.state !== "offline") this.state = "typing";
    this.#schedule(DEBOUNCE_MS);
  }

  /** Saves now, e.g. before leaving. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#text !== this.#savedText && this.state !== "conflict") await this.#save();
  }

  /** Ends a conflict with a text: mine, theirs, or one made of both. It is saved over theirs. */
  async settle(text: string): Promise<void> {
    this.#base = this.theirs?.version ?? this.#base;
    this.theirs = null;
    this.#text = text;
    this.state = "typing";
    await this.#save();
  }

  /** The server's text was replaced by other means, e.g. a version put back. */
  accept(script: Script): void {
    clearTimeout(this.#timer);
    this.#base = script.version;
    this.#text = this.#savedText = script.text;
    this.savedAt = new Date(script.savedAt);
    this.state = "saved";
    void clearJournal(this.#project);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), ms);
  }

  async #save(): Promise<void> {
    const text = this.#text;
    // An empty page that never was anything else is no script yet.
    if (text === this.#savedText || (text.trim() === "" && this.#base === 0)) { this.state = "saved"; return; }
    this.state = "saving";
    this.problem = null;
    try {
      const saved = await putScript(fetch, this.#project, { text, format: this.format, base: this.#base });
      this.#base = saved.version;
      this.#savedText = text;
      this.savedAt = new Date(saved.savedAt);
      this.#onSaved(saved);
      if (this.#text !== text) { this.state = "typing"; this.#schedule(DEBOUNCE_MS); return; }
      this.state = "saved";
      await clearJournal(this.#project);
    } catch (error) {
      await this.#refused(toProblem(error));
    }
  }

  async #refused(problem: ProblemError): Promise<void> {
    if (problem.status === 409) return this.#meet();
    this.problem = problem;
    this.state = problem.code === OFFLINE ? "offline" : "failed";
    // What the server refuses for good (too long, not text) is not sent again until it is changed.
    if (problem.status === 0 || problem.status >= 500 || problem.status === 429) this.#schedule(AGAIN_MS);
  }

  /** Somebody else saved: fetch theirs, so that both can be shown. */
  async #meet(): Promise<void> {
    try {
      const theirs = await getScript(fetch, this.#project);
      if (theirs.text === this.#text) { this.accept(theirs); return; }
      this.theirs = theirs;
      this.state = "conflict";
    } catch (error) {
      this.problem = toProblem(error);
      this.state = this.problem.code === OFFLINE ? "offline" : "failed";
      this.#schedule(AGAIN_MS);
    }
  }
}
