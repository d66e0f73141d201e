import { FRAME_RATE } from "#film/film.ts";
import { priceCard, priceOf } from "#film/prices.ts";
import type { ProblemError } from "#lib/api/problem.ts";
import type { Model } from "#lib/api/types.ts";
import type { Asset } from "#lib/api/tools.ts";
import { fileKind, toolFields, type Field, type FileKind, type Maker, type StudioTool } from "./fields.ts";
import { readDraft, writeDraft, type Draft } from "./drafts.ts";

/** A file of the studio that a field was given. */
export interface ChosenFile {
  asset: string;
  name: string;
  kind: FileKind;
  seconds: number | null;
}

export type Value = string | number | null;
/** What was asked for, as the record of a result has it. */
export type Params = Record<string, unknown>;

const firstOf = (field: Field): Value => ("first" in field ? field.first : field.kind === "words" ? "" : null);

export const chosenOf = ({ id, contentType, seconds }: Asset, name: string): ChosenFile => ({ asset: id, name, kind: fileKind(contentType) ?? "video", seconds });

/** The asset that a file of a recipe is. */
export const assetIn = (value: unknown): string | null => (typeof value === "object" && value !== null && "$asset" in value && typeof value.$asset === "string" ? value.$asset : null);

/** An order while it is filled in. It is kept in this browser's session, so that nothing typed is lost. */
export class Order {
  readonly tool: StudioTool;
  readonly fields: readonly Field[];
  readonly #studio: string;
  values: Record<string, Value> = $state({});
  files: Record<string, ChosenFile | null> = $state({});
  wish = $state("best");
  /** Why it was refused. */
  problem: ProblemError | null = $state.raw(null);

  constructor(studio: string, tool: StudioTool) {
    this.tool = tool;
    this.#studio = studio;
    this.fields = toolFields[tool];
    this.clear();
  }

  clear(): void {
    this.values = Object.fromEntries(this.fields.filter(({ kind }) => kind !== "file").map((field) => [field.name, firstOf(field)]));
    this.files = {};
    this.wish = "best";
    this.problem = null;
  }

  /** All that was filled in. */
  get draft(): Draft {
    return { values: $state.snapshot(this.values), files: $state.snapshot(this.files), wish: this.wish };
  }

  put({ values, files, wish }: Draft): void {
    this.values = { ...this.values, ...values };
    this.files = files;
    this.wish = wish;
  }

  restore(): void {
    const draft = readDraft(this.#studio, this.tool);
    if (draft) this.put(draft);
  }

  keep(): void {
    writeDraft(this.#studio, this.tool, this.draft);
  }

  /** Fields that are asked for as it is now. */
  shown(maker: Maker | null): Field[] {
    return this.fields.filter(({ when, by }) => (!when || this.values[when.field] === when.is) && (maker === null || by === undefined || by === maker));
  }

  /** What is sent: fields that nobody filled in are left to the API. */
  get input(): Record<string, string | number> {
    const sent: Record<string, string | number> = {};
    for (const { name, kind } of this.shown(null)) {
      const value = kind === "file" ? (this.files[name]?.asset ?? null) : kind === "ways" ? null : (this.values[name] ?? null);
      if (value !== null && value !== "") sent[name] = typeof value === "string" && kind === "words" ? value.trim() : value;
    }
    return Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== ""));
  }

  /** Fields that have to be filled in and are not. */
  missing(required: (field: Field) => unknown = ({ required: must }) => must): Field[] {
    const { input } = this;
    return this.shown(null).filter((field) => required(field) && input[field.name] === undefined);
  }

  /** Seconds of what comes: of what was asked for, or of the shortest file that it is made from. */
  get seconds(): number | null {
    const asked = this.shown(null).some(({ name }) => name === "seconds") ? this.values["seconds"] : null;
    if (typeof asked === "number") return asked;
    const lengths = Object.values(this.files).flatMap((file) => file?.seconds ?? []);
    return lengths.length > 0 ? Math.min(...lengths) : null;
  }

  /** What it would cost with a model by today's card; null where it is not sold, or its length is not known yet. */
  creditsWith({ id, price }: Pick<Model, "id" | "price">): number | null {
    const { seconds } = this;
    const text = this.values["text"];
    const isOfTime = price?.unit === "second" || price?.unit === "minute";
    if (!price || (isOfTime && price.credits > 0 && seconds === null)) return null;
    return priceOf(priceCard, { tool: this.tool, model: id, frames: seconds === null ? null : Math.round(seconds * FRAME_RATE), ...(typeof text === "string" && { letters: text.trim().length }) })?.credits ?? null;
  }

  /** The same as something that was made: its files have been looked up. */
  like({ params, wish, files }: { params: Params; wish: string; files: Record<string, ChosenFile> }): void {
    this.clear();
    this.files = files;
    this.wish = wish;
    for (const field of this.fields) {
      const value = params[field.name];
      if (field.kind === "ways") this.values[field.name] = wayOf(field.options.map((option) => option.value), this.fields, { name: field.name, params }) ?? field.first;
      else if (field.kind !== "file" && (typeof value === "string" || typeof value === "number")) this.values[field.name] = value;
    }
  }

  /** What is wrong with a field, in words; null if nothing is. */
  errorAt(name: string): string | null {
    return this.problem?.at(`/input/${name}`) ?? null;
  }
}

/** The way whose own fields something was asked for with; else the one that has none. */
function wayOf(ways: readonly string[], fields: readonly Field[], { name, params }: { name: string; params: Params }): string | undefined {
  const own = (way: string) => fields.filter(({ when }) => when?.field === name && when.is === way);
  return ways.find((way) => own(way).some((field) => params[field.name] !== null && params[field.name] !== undefined)) ?? ways.find((way) => own(way).length === 0);
}
