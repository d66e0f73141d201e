/** What the API sends, as `docs/openapi.json` describes it. */
import type { Aspect, CameraMove, CharacterLook, Framing, MusicMood, NodeKind, Setting, SourceRange, Style, TimeOfDay, Transition, Weather } from "#film/film.ts";

export interface Page<Item> {
  data: Item[];
  nextCursor: string | null;
}

export interface SiteConfig {
  emailVerification: boolean;
  social: ("google" | "github")[];
}

export type Role = "owner" | "admin" | "editor" | "reviewer" | "viewer";

export interface Studio {
  id: string;
  name: string;
  handle: string;
  bio: string;
  personal: boolean;
  role: Role;
  createdAt: string;
}

export interface User {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
  admin: boolean;
  createdAt: string;
}

export interface Me {
  user: User | null;
  studio: Studio;
  studios: Studio[];
}

export interface Wallet {
  studio: string;
  available: number;
  held: number;
  debt: number;
  spent: number;
  buckets: { bucket: "subscription" | "purchased" | "promo" | "earned" | "boost"; available: number; held: number; nextExpiryAt: string | null }[];
}

export interface Project {
  id: string;
  title: string;
  style: Style;
  aspect: Aspect;
  language: string;
  targetSeconds: number | null;
  status: "draft" | "queued" | "processing" | "completed" | "failed";
  publication: "private" | "in_review" | "published" | "unlisted" | "rejected" | "archived";
  filmVersion: number;
  counts: { scenes: number; shots: number; lines: number; characters: number };
  seconds: number;
  createdAt: string;
  updatedAt: string;
  deletedAt: string | null;
}

export type ScriptFormat = "fountain" | "txt" | "md";

export interface Script {
  project: string;
  text: string;
  format: ScriptFormat;
  version: number;
  sha256: string;
  savedAt: string;
}

export interface SavedScript extends Omit<Script, "text"> {
  filmVersion: number;
  scenes: number;
  shots: number;
}

export interface ScriptVersion {
  id: string;
  project: string;
  label: string;
  reason: "save" | "idle" | "quote" | "restore" | "upload";
  sha256: string;
  characters: number;
  createdAt: string;
}

export interface Character {
  id: string;
  name: string;
  aliases: string[];
  voice: string | null;
  description: string;
  look: CharacterLook;
  lines: number;
  scenes: string[];
}

export interface Scene {
  id: string;
  heading: string | null;
  number: string | null;
  setting: Setting | null;
  place: string;
  timeOfDay: TimeOfDay | null;
  weather: Weather | null;
  synopsis: string;
  cast: string[];
  props: string[];
  wardrobe: { character: string | null; item: string }[];
  lines: number;
  shots: string[];
  seconds: number;
  source: SourceRange;
}

export interface Breakdown {
  project: string;
  filmVersion: number;
  scenes: Scene[];
  characters: Character[];
  locations: { id: string; name: string; scenes: string[] }[];
  props: { name: string; scenes: string[] }[];
  wardrobe: { item: string; character: string | null; scenes: string[] }[];
  seconds: number;
}

export interface Line {
  id: string;
  character: string;
  text: string;
  parenthetical: string | null;
  delivery: "on-screen" | "off-screen" | "voice-over";
  dual: boolean;
}

export interface Shot {
  id: string;
  scene: string;
  number: string;
  description: string;
  framing: Framing;
  cameraMove: CameraMove;
  cast: string[];
  props: string[];
  seconds: number;
  lines: Line[];
  edited: string[];
  source: SourceRange;
}

export type ShotEdit = Partial<Pick<Shot, "description" | "framing" | "cameraMove" | "cast" | "props" | "seconds">>;

export interface Shots {
  project: string;
  filmVersion: number;
  data: Shot[];
}

export interface FilmChanged {
  project: string;
  filmVersion: number;
  previousVersion: number;
}

export interface EditListEntry {
  id: string;
  label: string;
  frames: number | null;
  trimStart: number;
  trimEnd: number;
  transition: Transition;
  omitted: boolean;
}

export interface EditListView {
  project: string;
  filmVersion: number;
  entries: EditListEntry[];
  levels: { voice: number; music: number; sound: number };
  offsets: Record<string, number>;
  cues: { id: string; mood: MusicMood; scene: string | null }[];
  titles: { id: string; role: "opening" | "ending"; title: string; subtitle: string; seconds: number }[];
}

export interface PutEditList {
  entries?: Pick<EditListEntry, "id" | "trimStart" | "trimEnd" | "transition" | "omitted">[];
  levels?: EditListView["levels"];
  offsets?: Record<string, number>;
  cues?: { id: string; mood: MusicMood }[];
  titles?: { id: string; title: string; subtitle: string; seconds: number }[];
}

export type Target = "animatic" | "master" | string[];

export interface QuoteItem {
  step: string;
  node: string;
  label: string;
  tool: string;
  model: string;
  credits: number;
  quantity: number;
  unit: "second" | "each";
}

export interface Quote {
  id: string;
  project: string;
  target: Target;
  status: "open" | "used" | "expired";
  run: string | null;
  credits: number;
  available: number;
  items: QuoteItem[];
  seconds: { p50: number; p90: number };
  createdAt: string;
  expiresAt: string;
}

export type JobStatus = "pending" | "queued" | "running" | "retrying" | "cancelling" | "succeeded" | "failed" | "refused" | "cancelled" | "expired";
export type RunStatus = "opening" | "running" | "waiting" | "cancelling" | "succeeded" | "incomplete" | "failed" | "cancelled";

export interface Job {
  id: string;
  run: string;
  project: string;
  node: string;
  kind: NodeKind;
  label: string;
  tool: string;
  model: string | null;
  provider: string | null;
  status: JobStatus;
  attempts: number;
  priority: number;
  progress: number;
  step: string;
  remaining: { low: number; high: number } | null;
  credits: { quoted: number; captured: number };
  problem: { code: string; detail: string } | null;
  take: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  actions: "cancel"[];
}

export interface RunSummary {
  id: string;
  project: string;
  quote: string;
  target: Target;
  status: RunStatus;
  waitingFor: string | null;
  credits: { quoted: number; held: number; captured: number; returned: number };
  progress: number;
  remaining: { p50: number; p90: number } | null;
  createdAt: string;
  deadlineAt: string;
  finishedAt: string | null;
  actions: ("cancel" | "retry")[];
  jobCounts: Record<string, number>;
}

export interface Run extends Omit<RunSummary, "jobCounts"> {
  jobs: Job[];
}

export interface Take {
  id: string;
  project: string;
  node: string;
  fingerprint: string;
  variant: number;
  tool: string;
  model: string;
  provider: string;
  current: boolean;
  frames: number | null;
  credits: number;
  assets: { role: string; asset: string; contentType: string; url: string }[];
  values: Record<string, unknown>;
  createdAt: string;
}

export interface FilmNode {
  id: string;
  kind: NodeKind;
  label: string;
  shot: string | null;
  line: string | null;
  state: "current" | "stale" | "missing";
  deps: string[];
  fingerprint: string;
  chosen: boolean;
  uploaded: boolean;
  take: Take | null;
  takes: number;
  making: { run: string; job: string; status: JobStatus; progress: number } | null;
}

export interface Graph {
  project: string;
  filmVersion: number;
  nodes: FilmNode[];
}

export interface WhatIf {
  stale: string[];
  credits: number;
  unchanged: number;
}

export type Visibility = "private" | "unlisted" | "public";

export interface PublishVideo {
  project: string;
  asset: string;
  title: string;
  description: string;
  tags: string[];
  visibility: Visibility;
  showScript: boolean;
  showProduction: boolean;
}

export interface Video {
  id: string;
  title: string;
  visibility: Visibility;
  publishedAt: string;
}

export interface LiveMessage {
  id: number;
  type: "run" | "job" | "wallet" | "project" | "upload" | "video" | "notification";
  subject: string;
  data: Record<string, unknown>;
  at: string;
}
