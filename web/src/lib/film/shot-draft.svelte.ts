import { askWhatIf } from "#lib/api/making.ts";
import { toProblem, type ProblemError } from "#lib/api/problem.ts";
import { editShot } from "#lib/api/projects.ts";
import type { FilmChanged, Shot, ShotEdit, WhatIf } from "#lib/api/types.ts";

const ASK_MS = 350;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const editable = ["description", "framing", "cameraMove", "cast", "props", "seconds"] as const satisfies (keyof ShotEdit)[];
export type EditableField = (typeof editable)[number];
const fieldsOf = (edit: ShotEdit) => editable.filter((name) => edit[name] !== undefined);

/** An edit of a shot before it is made, with what it would make stale and cost. */
export class ShotDraft {
  fields: ShotEdit = $state({});
  whatIf: WhatIf | null = $state(null);
  problem: ProblemError | null = $state(null);
  busy = $state(false);
  /** Fields of the edit that somebody else has changed since it was begun. */
  clash: EditableField[] = $state([]);
  /** The shot as it is without the edit. */
  shot: Shot;
  readonly #project: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | null = null;

  constructor(project: string, shot: Shot) {
    this.#project = project;
    this.shot = $state.raw(shot);
  }

  /** The film was read anew: what was typed stays, as far as it still differs. */
  rebase(shot: Shot): void {
    if (same(shot, this.shot)) return;
    const before = this.shot;
    const theirs = fieldsOf(this.fields).filter((name) => !same(shot[name], before[name]) && !same(shot[name], this.fields[name]));
    this.clash = [...new Set([...this.clash, ...theirs])];
    this.shot = shot;
    this.set({});
  }

  get changed(): boolean {
    return Object.keys(this.fields).length > 0;
  }

  /** The shot as it would be. */
  get result(): Shot {
    return { ...this.shot, ...this.fields };
  }

  /** Sets fields; one that is set back to what it was is no edit. */
  set(edit: ShotEdit): void {
    const merged = Object.entries({ ...this.fields, ...edit }).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(this.shot, name)));
    this.fields = Object.fromEntries(merged);
    this.whatIf = null;
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.clash = this.clash.filter((name) => this.fields[name] !== undefined);
    if (this.changed) this.#timer = setTimeout(() => void this.#ask(), ASK_MS);
  }

  /** Ends a clash: mine is saved over theirs, or theirs is taken. */
  settle(name: EditableField, keep: "mine" | "theirs"): void {
    this.clash = this.clash.filter((other) => other !== name);
    if (keep === "theirs") this.set({ [name]: this.shot[name] });
  }

  discard(): void {
    this.fields = {};
    this.whatIf = null;
    this.problem = null;
    this.clash = [];
    clearTimeout(this.#timer);
  }

  /** Makes the edit; null and a problem where it was refused. */
  async save(base: number): Promise<FilmChanged | null> {
    this.busy = true;
    this.problem = null;
    const sent = $state.snapshot(this.fields);
    try {
      const changed = await editShot(fetch, this.#project, this.shot.id, { base, fields: sent });
      this.shot = { ...this.shot, ...sent };
      this.clash = [];
      // What was typed meanwhile is an edit of what was saved.
      this.set({});
      return changed;
    } catch (error) {
      this.problem = toProblem(error);
      return null;
    } finally {
      this.busy = false;
    }
  }

  async #ask(): Promise<void> {
    this.#asking = new AbortController();
    try {
      this.whatIf = await askWhatIf(fetch, this.#project, { shot: this.shot.id, fields: $state.snapshot(this.fields), target: "master" }, this.#asking.signal);
    } catch { /* the edit can be saved without the forecast */ }
  }
}
