/** What the API sends, by the names that pages use. All of it is generated from `docs/openapi.json`. */
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

export interface Page<Item> {
  data: Item[];
  nextCursor: string | null;
}

export type SiteConfig = Schemas["SiteConfig"];
export type Me = Schemas["Me"];
export type Studio = Schemas["Studio"];
export type Role = Studio["role"];
export type Wallet = Schemas["Wallet"];

export type Project = Schemas["Project"];
export type NewProject = Partial<Schemas["CreateProject"]> & { title: string };

export type Script = Schemas["Script"];
export type ScriptFormat = Script["format"];
export type SavedScript = Schemas["SavedScript"];
export type ScriptVersion = Schemas["ScriptVersion"];

export type ScriptReading = Schemas["ScriptReadingOfProject"];
export type Breakdown = Schemas["Breakdown"];
export type Scene = Schemas["Scene"];
export type Character = Schemas["Character"];
export type CharacterEdit = Schemas["EditCharacter"]["fields"];

export type Shots = Schemas["Shots"];
export type Shot = Schemas["Shot"];
type Fields = Schemas["EditShot"]["fields"];
/** What a person sets. (Null, which the API takes too, gives a field back to the script.) */
export type ShotEdit = { [Name in keyof Fields]?: NonNullable<Fields[Name]> };
export type FilmChanged = Schemas["FilmChanged"];

export type EditListView = Schemas["EditList"];
export type EditListEntry = EditListView["entries"][number];
export type PutEditList = Omit<Schemas["PutEditList"], "base">;

export type Target = NonNullable<Schemas["CreateQuote"]["target"]>;
/** What is to be priced: a film or a part of it, or a single thing. */
export type QuoteInput = { project: string; target: Target; scenes?: string[] } | { tool: string; input: { [field: string]: unknown }; wish?: string; project?: string };
/** What a quote or run is for: of a film, or a single thing by its tool. */
export type AnyTarget = Schemas["Quote"]["target"];
export type Quote = Schemas["Quote"];
export type Run = Schemas["Run"];
export type RunStatus = Run["status"];
export type Receipt = Schemas["Receipt"];
export type RunRecord = Schemas["RunRecord"];
export type RunSummary = Schemas["RunSummary"];
export type Job = Schemas["Job"];
export type JobStatus = Job["status"];
export type StudioQueue = Schemas["StudioQueue"];
export type QueuedJob = Schemas["QueuedJob"];
export type Notices = Schemas["Notices"];

export type Tool = Schemas["Tool"];
export type Model = Schemas["Model"];
export type Routing = Schemas["Routing"];
export type StudioProviders = Schemas["StudioProviders"];
export type AffectedProjects = Schemas["AffectedProjects"];
export type Replacement = Omit<Schemas["Replacement"], "quote"> & { quote: Schemas["Quote"] | null };
export type Take = Schemas["Take"];
export type TakeDifference = Schemas["TakeDifference"];
export type Graph = Schemas["Graph"];
export type FilmNode = Schemas["Node"];
export type WhatIf = Schemas["WhatIf"];

export type Upload = Schemas["Upload"];
export type Video = Schemas["Video"];
export type Visibility = Video["visibility"];
export type PublishVideo = Schemas["PublishVideo"];

export type LiveMessage = Schemas["LiveMessage"];

export type Catalogue = Schemas["Catalogue"];
export type Plan = Schemas["Plan"];
export type Pack = Schemas["Pack"];
export type Billing = Schemas["Billing"];
export type Subscription = NonNullable<Billing["subscription"]>;
export type TopUp = Schemas["TopUp"];
export type Checkout = Schemas["Checkout"];
export type PlanPreview = Schemas["PlanPreview"];
export type Invoice = Schemas["Invoice"];
