import { toProblem, type ProblemError } from "#lib/api/problem.ts";
import { putEditList } from "#lib/api/projects.ts";
import type { EditListEntry, EditListView, FilmChanged, PutEditList } from "#lib/api/types.ts";

const STEPS_MOST = 200;
type Content = Pick<EditListView, "entries" | "levels" | "offsets" | "cues" | "titles">;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The edit list while it is changed, with steps to undo and redo. Saved as a whole; only what differs is sent. */
export class EditDraft {
  content: Content = $state({ entries: [], levels: { voice: 0, music: 0, sound: 0 }, offsets: {}, cues: [], titles: [] });
  problem: ProblemError | null = $state(null);
  busy = $state(false);
  #past: Content[] = $state.raw([]);
  #future: Content[] = $state.raw([]);
  #saved: Content = $state.raw({ entries: [], levels: { voice: 0, music: 0, sound: 0 }, offsets: {}, cues: [], titles: [] });
  #base = 0;
  readonly #project: string;

  constructor(project: string, view: EditListView) {
    this.#project = project;
    this.load(view);
  }

  /** The film was read anew. What is not saved yet stays, and so does the version that it began from. */
  load(view: EditListView): void {
    if (this.changed) return;
    const { entries, levels, offsets, cues, titles } = view;
    this.#saved = structuredClone({ entries, levels, offsets, cues, titles });
    this.content = structuredClone(this.#saved);
    this.#base = view.filmVersion;
  }

  /** Gives up what is not saved. */
  discard(): void {
    this.content = structuredClone(this.#saved);
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
  change(make: (content: Content) => void): void {
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

  async save(): Promise<FilmChanged | null> {
    this.busy = true;
    this.problem = null;
    try {
      const changed = await putEditList(fetch, this.#project, { base: this.#base, ...this.#differences() });
      this.#saved = $state.snapshot(this.content);
      this.#base = changed.filmVersion;
      return changed;
    } catch (error) {
      this.problem = toProblem(error);
      return null;
    } finally {
      this.busy = false;
    }
  }

  #differences(): PutEditList {
    const { entries, levels, offsets, cues, titles } = $state.snapshot(this.content);
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
