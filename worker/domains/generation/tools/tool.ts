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

/** Something that a provider runs a tool with. */
export interface Model {
  /** As a wish names it. */
  id: string;
  tool: string;
  provider: string;
  /** The provider's own name of it, and the version where one is pinned. */
  name: string;
  version: string | null;
  lifecycle: Lifecycle;
  /** Higher is better; used where the wish is for the best. */
  quality: number;
  /** What it takes until there is a history: seconds, plus seconds for each second of what it makes. */
  speed: { seconds: number; perSecond: number };
  /** An attempt is given up after this. */
  timeoutMs: number;
}
