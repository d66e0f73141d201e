import type { Aspect } from "#film/film.ts";
import type { Resolution } from "#film/inputs/model-request.ts";

/** A kind of thing that can be done. */
export interface Tool {
  id: string;
  /** For people. */
  name: string;
  does: string;
  /** Field -> what goes in and comes out; docs/design/renderer-models.md has the shapes. */
  input: Record<string, string>;
  output: Record<string, string>;
}

export type Lifecycle = "active" | "deprecated" | "sunset" | "retired";

/** What a model can be asked for. */
export interface Accepts {
  /** Lengths: any between these, or only `only`. Null where it has no length. */
  seconds: { least: number; most: number; only: readonly number[] | null } | null;
  aspects: readonly Aspect[];
  /** Of the picture's short side; the first is what it is asked for where nobody says. */
  resolutions: readonly Resolution[];
  firstFrame: "never" | "may" | "must";
  /** Letters (UTF-16 code units) of a prompt or a text. */
  promptMax: number;
  /** Codes of ISO 639-1; null: any. */
  languages: readonly string[] | null;
}

/** What a vendor bills for a model, as published: a test works the examples out again. A new price is a new version. */
export interface VendorPrice {
  version: string;
  /** Where it was read, in words. */
  source: string;
  /** `letter`: of the text that is spoken. */
  unit: "second" | "each" | "letter" | "minute";
  /** Millionths of a dollar for one unit. */
  micros: number;
  examples: readonly { words: string; quantity: number; micros: number }[];
}

/** What a vendor has said about the end of a model. Times as ISO dates. */
export interface Sunset {
  announced: string;
  retires: string;
  /** Id of the model that takes its place, or null. */
  successor: string | null;
}

/** Something that a provider runs a tool with. */
export interface Model {
  /** As a wish names it. */
  id: string;
  /** For people. */
  label: string;
  tool: string;
  provider: string;
  /** The provider's own name of it, and the version where one is pinned. */
  name: string;
  version: string | null;
  lifecycle: Lifecycle;
  sunset: Sunset | null;
  /** Higher is better, 0 to 100: what it is thought to be until takes say more. */
  quality: number;
  /** What it takes until there is a history: seconds, plus seconds for each second of what it makes. */
  speed: { seconds: number; perSecond: number };
  /** An attempt is given up after this. */
  timeoutMs: number;
  /** A submission is aborted after this, where that is longer than its provider's others. */
  submitMs?: number;
  /** Null of a house model: it takes whatever a film asks for. */
  accepts: Accepts | null;
  /** Null of a house model: it costs the machine that it runs on. */
  vendorPrice: VendorPrice | null;
}
