import { ProblemError, toProblem } from "#lib/api/problem.ts";
import { getEditList, putEditList } from "#lib/api/projects.ts";
import type { EditListEntry, EditListView, FilmChanged, PutEditList } from "#lib/api/types.ts";
import { clashesIn, merge, same, setField, type EditClash, type EditContent } from "./edit-merge.ts";

const STEPS_MOST = 200;
/** Between two of these the film can change once more. */
const TRIES_MOST = 3;

/** The edit list while it is changed, with steps to undo and redo. Saved as a whole; only what differs is sent. */
export class EditDraft {
  content: EditContent = $state({ entries: [], levels: { voice: 0, music: 0, sound: 0 }, offsets: {}, cues: [], titles: [] });
  problem: ProblemError | null = $state(null);
  busy = $state(false);
  #past: EditContent[] = $state.raw([]);
  #future: EditContent[] = $state.raw([]);
  #saved: EditContent = $state.raw({ entries: [], levels: { voice: 0, music: 0, sound: 0 }, offsets: {}, cues: [], titles: [] });
  /** Keys of what somebody else changed too, as long as nobody chose. */
  #contested: string[] = $state.raw([]);
  #base = 0;
  readonly #project: string;

  constructor(project: string, view: EditListView) {
    this.#project = project;
    this.load(view);
  }

  /** The film was read anew. What is not saved yet stays, on top of what others changed; so do the steps to undo. */
  load(view: EditListView): void {
    if (view.filmVersion < this.#base) return;
    this.#base = view.filmVersion;
    const { entries, levels, offsets, cues, titles } = view;
    const [base, theirs] = [this.#saved, structuredClone({ entries, levels, offsets, cues, titles })];
    if (same(base, theirs)) return;
    const over = (mine: EditContent) => merge({ base, mine, theirs });
    const { content, clashes } = over($state.snapshot(this.content));
    this.content = content;
    this.#past = this.#past.map((step) => over(step).content);
    this.#future = this.#future.map((step) => over(step).content);
    this.#contested = [...new Set([...this.#contested, ...clashes])];
    this.#saved = theirs;
  }

  /** What somebody else set to something else meanwhile. */
  get clashes(): EditClash[] {
    return this.#contested.length === 0 ? [] : clashesIn(this.#contested, { mine: this.content, theirs: this.#saved });
  }

  /** Ends a clash: mine is saved over theirs, or theirs is taken. */
  settle(clash: EditClash, keep: "mine" | "theirs"): void {
    this.#contested = this.#contested.filter((key) => key !== clash.key);
    if (keep === "theirs") this.change((content) => setField(content, { ...clash, value: clash.theirs }));
  }

  /** Gives up what is not saved. */
  discard(): void {
    this.content = structuredClone(this.#saved);
    this.#contested = [];
    this.problem = null;
  }

  get changed(): boolean {
    return !same(this.content, this.#saved);
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Frames of the film as it stands in the draft; null while a length is not known. */
  get frames(): number | null {
    let sum = 0;
    for (const entry of this.content.entries) {
      if (entry.omitted) continue;
      if (entry.frames === null) return null;
      sum += Math.max(0, entry.frames - entry.trimStart - entry.trimEnd);
    }
    return sum;
  }

  /** Makes a change that can be undone. */
  change(make: (content: EditContent) => void): void {
    const before = $state.snapshot(this.content);
    make(this.content);
    if (same(before, this.content)) return;
    this.#past = [...this.#past.slice(-STEPS_MOST), before];
    this.#future = [];
  }

  undo(): void {
    const before = this.#past.at(-1);
    if (!before) return;
    this.#future = [...this.#future, $state.snapshot(this.content)];
    this.#past = this.#past.slice(0, -1);
    this.content = before;
  }

  redo(): void {
    const after = this.#future.at(-1);
    if (!after) return;
    this.#past = [...this.#past, $state.snapshot(this.content)];
    this.#future = this.#future.slice(0, -1);
    this.content = after;
  }

  entry(id: string, edit: Partial<EditListEntry>): void {
    this.change(({ entries }) => {
      const entry = entries.find((other) => other.id === id);
      if (entry) Object.assign(entry, edit);
    });
  }

  /** Moves an entry by places, negative towards the beginning. */
  move(id: string, by: number): void {
    this.change(({ entries }) => {
      const at = entries.findIndex((entry) => entry.id === id);
      const to = Math.max(0, Math.min(entries.length - 1, at + by));
      const [entry] = entries.splice(at, 1);
      if (entry) entries.splice(to, 0, entry);
    });
  }

  /** Saves; null where it was refused, or where there is something to choose first. */
  async save(): Promise<FilmChanged | null> {
    this.busy = true;
    this.problem = null;
    try {
      for (let tries = 1; this.clashes.length === 0; tries += 1) {
        const refused = await this.#put();
        if (!(refused instanceof ProblemError)) return refused;
        if (refused.code !== "film.changed" || tries === TRIES_MOST) throw refused;
        this.load(await getEditList(fetch, this.#project));
      }
    } catch (error) {
      this.problem = toProblem(error);
    } finally {
      this.busy = false;
    }
    return null;
  }

  async #put(): Promise<FilmChanged | ProblemError> {
    const [base, sent] = [this.#base, $state.snapshot(this.content)];
    try {
      const changed = await putEditList(fetch, this.#project, { base, ...this.#differences(sent) });
      this.#contested = [];
      // Where the film was read meanwhile, that says more than what was sent.
      if (this.#base !== base) return changed;
      this.#saved = sent;
      // What others changed in between is not known here yet, and nothing may be saved over it.
      if (changed.previousVersion === base) this.#base = changed.filmVersion;
      return changed;
    } catch (error) {
      return toProblem(error);
    }
  }

  #differences({ entries, levels, offsets, cues, titles }: EditContent): PutEditList {
    const saved = this.#saved;
    return {
      ...(!same(entries, saved.entries) && { entries: entries.map(({ id, trimStart, trimEnd, transition, omitted }) => ({ id, trimStart, trimEnd, transition, omitted })) }),
      ...(!same(levels, saved.levels) && { levels }),
      ...(!same(offsets, saved.offsets) && { offsets }),
      ...(!same(cues, saved.cues) && { cues: cues.map(({ id, mood }) => ({ id, mood })) }),
      ...(!same(titles, saved.titles) && { titles: titles.map(({ id, title, subtitle, seconds }) => ({ id, title, subtitle, seconds })) }),
    };
  }
}
