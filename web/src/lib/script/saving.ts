import { OFFLINE, toProblem, type ProblemError } from "#lib/api/problem.ts";
import type { SavedScript, Script, ScriptFormat } from "#lib/api/types.ts";
import type { Journal } from "./journal.ts";

const DEBOUNCE_MS = 800;
const AGAIN_MS = 5_000;

export type SaveState = "saved" | "typing" | "saving" | "offline" | "conflict" | "failed";

/** What the page shows of it. */
export interface Shown {
  state: SaveState;
  savedAt: Date | null;
  problem: ProblemError | null;
  /** The other text, where somebody saved a different one meanwhile. */
  theirs: Script | null;
  /** Whether this device keeps what is typed. */
  isKeptHere: boolean;
}

export interface ScriptServer {
  put: (body: { text: string; format: ScriptFormat; base: number }) => Promise<SavedScript>;
  get: () => Promise<Script>;
  /** Keeps the text that the server has as a version. */
  keep: (label: string) => Promise<unknown>;
}

export interface SavingInput {
  script: Script | null;
  shown: Shown;
  server: ScriptServer;
  journal: Journal;
  onSaved: (saved: SavedScript) => void;
}

/** A text as the editor gives it back, whatever its lines ended with. */
export const asTyped = (text: string): string => text.replaceAll(/\r\n?/g, "\n");

const isRefusal = ({ status }: ProblemError): boolean => status >= 400 && status < 500;

/** Saves a script while it is typed: into this device's journal first, then to the server, naming the version that it began from. */
export class Saving {
  #shown: Shown;
  #server: ScriptServer;
  #journal: Journal;
  #onSaved: (saved: SavedScript) => void;
  #base: number;
  #text: string;
  #format: ScriptFormat;
  #savedText: string;
  #savedFormat: ScriptFormat;
  /** Formats of texts that were replaced whole: undo brings a text back with its own. */
  #formats = new Map<string, ScriptFormat>();
  #running: Promise<void> | null = null;
  /** What was sent and not answered: the server may have it. */
  #unanswered: string | null = null;
  /** What the server refused over a newer text, and keeps as a version. */
  #refused: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  constructor({ script, shown, server, journal, onSaved }: SavingInput) {
    this.#shown = shown;
    this.#server = server;
    this.#journal = journal;
    this.#onSaved = onSaved;
    this.#base = script?.version ?? 0;
    this.#text = this.#savedText = asTyped(script?.text ?? "");
    this.#format = this.#savedFormat = script?.format ?? "fountain";
    shown.savedAt = script ? new Date(script.savedAt) : null;
  }

  get state(): SaveState { return this.#shown.state; }
  get savedAt(): Date | null { return this.#shown.savedAt; }
  get problem(): ProblemError | null { return this.#shown.problem; }
  get theirs(): Script | null { return this.#shown.theirs; }
  get isKeptHere(): boolean { return this.#shown.isKeptHere; }
  get text(): string { return this.#text; }
  get format(): ScriptFormat { return this.#format; }

  /** The version that the server is known to have. */
  get version(): number { return this.#base; }

  /** Whether the server has what is written. An empty page that never was anything else is no script yet. */
  get isSaved(): boolean {
    if (this.theirs || this.#unanswered !== null) return false;
    return (this.#text === this.#savedText && this.#format === this.#savedFormat) || (this.#base === 0 && this.#text.trim() === "");
  }

  /** What this device kept from before, or null where there is nothing that the server does not have. Whoever shows it saves it then. */
  async recover(): Promise<string | null> {
    const entry = await this.#journal.takeOver(this.#savedText);
    if (!entry) return null;
    // The page that typed it may have sent it on its way out.
    this.#unanswered = entry.text;
    this.#base = entry.base;
    this.#become(entry.text, entry.format ?? this.#format);
    this.type(entry.text);
    return entry.text;
  }

  /** Called with every change of the text. */
  type(text: string): void {
    this.#text = text;
    this.#format = this.#formats.get(text) ?? this.#format;
    if (this.#running === null && this.isSaved) { this.#rest(); return; }
    this.#note();
    if (this.state === "conflict") return;
    if (this.state !== "offline") this.#shown.state = "typing";
    this.#schedule(DEBOUNCE_MS);
  }

  /** Another text takes the place of this one, e.g. an imported one. */
  replace(text: string, format: ScriptFormat): void {
    this.#become(asTyped(text), format);
    this.type(this.#text);
  }

  /** Saves now, e.g. before leaving. A save that is under way is waited for, and what was typed meanwhile saved after it. */
  async flush(): Promise<void> {
    while (this.#running) await this.#running;
    clearTimeout(this.#timer);
    if (this.isSaved || this.state === "conflict") return;
    this.#running = this.#save().finally(() => { this.#running = null; });
    await this.#running;
  }

  /** Ends a conflict with a text: mine, theirs, or one made of both. What it replaces is among the versions afterwards, `theirs` by this label. */
  async settle(text: string, label: string): Promise<void> {
    const { theirs } = this;
    if (!theirs) return;
    const [chosen, other] = [asTyped(text), asTyped(theirs.text)];
    if (chosen !== this.#text) await this.#beRefused();
    if (chosen === other) { this.accept(theirs); return; }
    await this.#server.keep(label);
    this.#took(theirs, other);
    this.#shown.theirs = null;
    this.#shown.state = "typing";
    this.type(chosen);
  }

  /** The server's text was replaced by other means, e.g. a version put back. */
  accept(script: Script): void {
    this.#become(asTyped(script.text), script.format);
    this.#took(script, this.#text);
    this.#unanswered = null;
    this.#shown.theirs = null;
    this.#rest();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#journal.leave();
  }

  #become(text: string, format: ScriptFormat): void {
    if (format !== this.#format) this.#formats.set(this.#text, this.#format).set(text, format);
    this.#text = text;
    this.#format = format;
  }

  #took({ version, format, savedAt }: Pick<Script, "version" | "format" | "savedAt">, text: string): void {
    this.#base = version;
    this.#savedText = text;
    this.#savedFormat = format;
    this.#shown.savedAt = new Date(savedAt);
  }

  /** Nothing is left to save. */
  #rest(): void {
    clearTimeout(this.#timer);
    this.#shown.state = "saved";
    this.#shown.problem = null;
    void this.#journal.clear();
  }

  #note(): void {
    void this.#journal.write({ text: this.#text, format: this.#format, base: this.#base, at: Date.now() }).then((isKept) => { this.#shown.isKeptHere = isKept; });
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.flush(), ms);
  }

  async #save(): Promise<void> {
    this.#shown.state = "saving";
    this.#shown.problem = null;
    let text = this.#text;
    try {
      if (this.#unanswered !== null) await this.#learn(this.#unanswered);
      if (this.isSaved) { this.#rest(); return; }
      text = this.#unanswered = this.#text;
      const saved = await this.#put(text);
      this.#took(saved, text);
      this.#onSaved(saved);
      if (this.isSaved) { this.#rest(); return; }
      // What was typed meanwhile was typed over what is saved now.
      this.#note();
      this.#shown.state = "typing";
      this.#schedule(DEBOUNCE_MS);
    } catch (error) {
      await this.#failed(toProblem(error), text);
    }
  }

  /** An answer, be it a refusal, ends the question whether the server has it. */
  async #put(text: string): Promise<SavedScript> {
    try {
      const saved = await this.#server.put({ text, format: this.#format, base: this.#base });
      this.#unanswered = null;
      return saved;
    } catch (error) {
      if (isRefusal(toProblem(error))) this.#unanswered = null;
      throw error;
    }
  }

  /** What the server has says whether a save arrived whose answer did not. */
  async #learn(sent: string): Promise<void> {
    const now = await this.#server.get().catch((error: unknown) => {
      if (toProblem(error).status === 404) return null;
      throw error;
    });
    if (now && asTyped(now.text) === sent) this.#took(now, sent);
    this.#unanswered = null;
  }

  async #failed(problem: ProblemError, text: string): Promise<void> {
    if (problem.status === 409) { this.#refused = text; return this.#meet(); }
    this.#say(problem);
    // What the server refuses for good (too long, not text) is not sent again until it is changed.
    if (problem.status === 0 || problem.status >= 500 || problem.status === 429) this.#schedule(AGAIN_MS);
  }

  #say(problem: ProblemError): void {
    this.#shown.problem = problem;
    this.#shown.state = problem.code === OFFLINE ? "offline" : "failed";
  }

  /** Somebody else saved: fetch theirs, so that both can be shown. */
  async #meet(): Promise<void> {
    try {
      const theirs = await this.#server.get();
      if (asTyped(theirs.text) === this.#text) { this.accept(theirs); return; }
      clearTimeout(this.#timer);
      this.#shown.theirs = theirs;
      this.#shown.state = "conflict";
    } catch (error) {
      this.#say(toProblem(error));
      this.#schedule(AGAIN_MS);
    }
  }

  /** The server keeps what it refuses: what was typed since is sent once more over the version that it began from. */
  async #beRefused(): Promise<void> {
    if (this.#text === this.#refused || this.#text.trim() === "") return;
    const problem = await this.#server.put({ text: this.#text, format: this.#format, base: this.#base }).then(() => null, toProblem);
    if (problem && problem.status !== 409) throw problem;
    this.#refused = this.#text;
  }
}
