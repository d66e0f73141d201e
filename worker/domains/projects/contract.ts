import { z } from "@hono/zod-openapi";
import { defineEvent } from "#core/events.ts";
import { PageQuery } from "#core/page.ts";
import { aspects, cameraMoves, framings, musicMoods, settings, styles, timesOfDay, transitions, weathers } from "#film/film.ts";

export const projectStatuses = ["draft", "queued", "processing", "completed", "failed"] as const;
export const publications = ["private", "in_review", "published", "unlisted", "rejected", "archived"] as const;
export const scriptFormats = ["fountain", "txt", "md"] as const;
export const versionReasons = ["save", "idle", "quote", "restore", "upload"] as const;

export const Project = z.object({
  object: z.literal("project"),
  id: z.string().meta({ example: "proj_01jx3m9t" }),
  title: z.string().min(1).max(120),
  style: z.enum(styles),
  aspect: z.enum(aspects),
  language: z.string().min(2).max(12),
  targetSeconds: z.int().min(5).max(7_200).nullable(),
  status: z.enum(projectStatuses),
  publication: z.enum(publications),
  filmVersion: z.int().nonnegative().meta({ description: "Base of edits to the film" }),
  counts: z.object({ scenes: z.int(), shots: z.int(), lines: z.int(), characters: z.int() }),
  seconds: z.number().meta({ description: "Estimated length of the script, in seconds" }),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  deletedAt: z.iso.datetime().nullable(),
}).meta({ id: "Project" });
export type Project = z.infer<typeof Project>;

export const CreateProject = z.object({
  title: z.string().trim().min(1).max(120),
  style: z.enum(styles).default("cinematic"),
  aspect: z.enum(aspects).default("16:9"),
  targetSeconds: z.int().min(5).max(7_200).nullable().default(null),
  language: z.string().min(2).max(12).default("en"),
}).meta({ id: "CreateProject" });
export type CreateProject = z.infer<typeof CreateProject>;

export const UpdateProject = z.object({
  title: z.string().trim().min(1).max(120),
  style: z.enum(styles),
  aspect: z.enum(aspects),
  targetSeconds: z.int().min(5).max(7_200).nullable(),
  language: z.string().min(2).max(12),
  base: z.int().nonnegative().meta({ description: "The film version that this edit began from; without it the fields are replaced" }),
}).partial().meta({ id: "UpdateProject" });
export type UpdateProject = z.infer<typeof UpdateProject>;

export const ListProjects = PageQuery.extend({ deleted: z.enum(["true", "false"]).default("false").meta({ description: "Those that were deleted, instead" }) });
export type ListProjects = z.infer<typeof ListProjects>;

export const PutScript = z.object({
  text: z.string().meta({ description: "At most 2 MB as UTF-8" }),
  format: z.enum(scriptFormats).default("fountain"),
  base: z.int().nonnegative().optional().meta({ description: "The version that this edit began from; without it the draft is replaced" }),
}).meta({ id: "PutScript" });
export type PutScript = z.infer<typeof PutScript>;

export const Script = z.object({
  object: z.literal("script"),
  project: z.string(),
  text: z.string(),
  format: z.enum(scriptFormats),
  version: z.int().nonnegative(),
  sha256: z.string(),
  savedAt: z.iso.datetime(),
}).meta({ id: "Script" });
export type Script = z.infer<typeof Script>;

/** The answer to a save: everything but the text that was sent. */
export const SavedScript = Script.omit({ text: true }).extend({ filmVersion: z.int(), scenes: z.int(), shots: z.int() }).meta({ id: "SavedScript" });
export type SavedScript = z.infer<typeof SavedScript>;

export const ScriptVersion = z.object({
  object: z.literal("script_version"),
  id: z.string(),
  project: z.string(),
  label: z.string().max(120),
  reason: z.enum(versionReasons),
  sha256: z.string(),
  characters: z.int(),
  createdAt: z.iso.datetime(),
}).meta({ id: "ScriptVersion" });
export type ScriptVersion = z.infer<typeof ScriptVersion>;

/** A version with what was written then. */
export const KeptScript = ScriptVersion.extend({ text: z.string(), format: z.enum(scriptFormats) }).meta({ id: "KeptScript" });
export const SaveVersion = z.object({ label: z.string().trim().max(120).default("") }).meta({ id: "SaveVersion" });

const Look = z.object({
  presents: z.enum(["woman", "man", "neutral", "child", "animal", "machine"]),
  hair: z.string().max(24), hairStyle: z.enum(["short", "long", "bun", "curly", "bald", "hat"]), skin: z.string().max(24), top: z.string().max(24), bottom: z.string().max(24),
  height: z.number().min(0.1).max(3), build: z.enum(["slim", "medium", "broad"]),
}).meta({ id: "CharacterLook" });

export const CharacterView = z.object({
  id: z.string(), name: z.string(), aliases: z.array(z.string()), voice: z.string().nullable(), description: z.string(), look: Look,
  lines: z.int().meta({ description: "How many lines it speaks" }), scenes: z.array(z.string()),
}).meta({ id: "Character" });

export const SceneView = z.object({
  id: z.string(), heading: z.string().nullable(), number: z.string().nullable(), setting: z.enum(settings).nullable(), place: z.string(),
  timeOfDay: z.enum(timesOfDay).nullable(), weather: z.enum(weathers).nullable(), synopsis: z.string(), cast: z.array(z.string()), props: z.array(z.string()),
  wardrobe: z.array(z.object({ character: z.string().nullable(), item: z.string() })), lines: z.int(), shots: z.array(z.string()), seconds: z.number(),
  source: z.object({ start: z.int(), end: z.int() }),
}).meta({ id: "Scene" });

export const Breakdown = z.object({
  object: z.literal("breakdown"), project: z.string(), filmVersion: z.int(),
  scenes: z.array(SceneView), characters: z.array(CharacterView),
  locations: z.array(z.object({ id: z.string(), name: z.string(), scenes: z.array(z.string()) })),
  props: z.array(z.object({ name: z.string(), scenes: z.array(z.string()) })),
  wardrobe: z.array(z.object({ item: z.string(), character: z.string().nullable(), scenes: z.array(z.string()) })),
  seconds: z.number(),
}).meta({ id: "Breakdown" });
export type Breakdown = z.infer<typeof Breakdown>;

export const LineView = z.object({
  id: z.string(), character: z.string(), text: z.string(), parenthetical: z.string().nullable(),
  delivery: z.enum(["on-screen", "off-screen", "voice-over"]), dual: z.boolean(),
}).meta({ id: "Line" });

export const ShotView = z.object({
  id: z.string(), scene: z.string(), number: z.string(), description: z.string(), framing: z.enum(framings), cameraMove: z.enum(cameraMoves),
  cast: z.array(z.string()), props: z.array(z.string()), seconds: z.number(), lines: z.array(LineView),
  edited: z.array(z.string()).meta({ description: "Fields that a person changed" }),
  source: z.object({ start: z.int(), end: z.int() }),
}).meta({ id: "Shot" });
export type ShotView = z.infer<typeof ShotView>;

export const Shots = z.object({ object: z.literal("shots"), project: z.string(), filmVersion: z.int(), data: z.array(ShotView) }).meta({ id: "Shots" });

const base = z.int().nonnegative().meta({ description: "The film version that this edit began from" });

export const EditShot = z.object({
  base,
  fields: z.object({
    description: z.string().trim().min(1).max(600).nullable(), framing: z.enum(framings).nullable(), cameraMove: z.enum(cameraMoves).nullable(),
    cast: z.array(z.string()).max(20).nullable(), props: z.array(z.string().trim().min(1).max(60)).max(20).nullable(), seconds: z.number().min(0.5).max(60).nullable(),
  }).partial().meta({ description: "What is not sent stays; null puts back what the script says" }),
}).meta({ id: "EditShot" });
export const AddShot = z.object({ base, scene: z.string(), after: z.string().nullable().meta({ description: "Shot to stand behind; null: first in the scene" }), description: z.string().trim().min(1).max(600), framing: z.enum(framings).default("medium") }).meta({ id: "AddShot" });
export const MoveShot = z.object({ base, after: z.string().nullable() }).meta({ id: "MoveShot" });
export const SplitShot = z.object({ base, afterLine: z.string().nullable().default(null).meta({ description: "Lines after this one go to the second half" }) }).meta({ id: "SplitShot" });
export const EditCharacter = z.object({
  base, fields: z.object({ voice: z.string().max(24).nullable(), description: z.string().max(600), look: Look.partial() }).partial(),
}).meta({ id: "EditCharacter" });

export const EditListView = z.object({
  object: z.literal("edit_list"), project: z.string(), filmVersion: z.int(),
  entries: z.array(z.object({
    id: z.string(), label: z.string(), frames: z.int().nullable().meta({ description: "Length before trims; null while unknown" }),
    trimStart: z.int().nonnegative(), trimEnd: z.int().nonnegative(), transition: z.enum(transitions), omitted: z.boolean(),
  })),
  levels: z.object({ voice: z.number(), music: z.number(), sound: z.number() }),
  offsets: z.record(z.string(), z.int()),
  cues: z.array(z.object({ id: z.string(), mood: z.enum(musicMoods), scene: z.string().nullable() })),
  titles: z.array(z.object({ id: z.string(), role: z.enum(["opening", "ending"]), title: z.string(), subtitle: z.string(), seconds: z.number() })),
}).meta({ id: "EditList" });
export const PutEditList = z.object({
  base,
  entries: z.array(z.object({ id: z.string(), trimStart: z.int().min(0).max(100_000), trimEnd: z.int().min(0).max(100_000), transition: z.enum(transitions), omitted: z.boolean() })).max(2_000).optional(),
  levels: z.object({ voice: z.number().min(-60).max(12), music: z.number().min(-60).max(12), sound: z.number().min(-60).max(12) }).optional(),
  offsets: z.record(z.string(), z.int().min(-2_400).max(2_400)).optional(),
  cues: z.array(z.object({ id: z.string(), mood: z.enum(musicMoods) })).max(100).optional(),
  titles: z.array(z.object({ id: z.string(), title: z.string().max(120), subtitle: z.string().max(200), seconds: z.number().min(1).max(10) })).max(4).optional(),
}).meta({ id: "PutEditList" });

/** The answer to every edit of the film. */
export const FilmChanged = z.object({ object: z.literal("film"), project: z.string(), filmVersion: z.int(), previousVersion: z.int() }).meta({ id: "FilmChanged" });
/** The answer to an edit that made a shot. */
export const ShotAdded = FilmChanged.extend({ shot: ShotView.optional() }).meta({ id: "ShotAdded" });
export const RestoreFilm = z.object({ base, version: z.int().nonnegative().meta({ description: "An earlier film version of the same script: undo is putting it back" }) }).meta({ id: "RestoreFilm" });

export const projectCreated = defineEvent("project.created", z.object({ project: z.string() }));
export const projectUpdated = defineEvent("project.updated", z.object({ project: z.string(), fields: z.array(z.string()) }));
export const projectDeleted = defineEvent("project.deleted", z.object({ project: z.string() }));
export const projectRestored = defineEvent("project.restored", z.object({ project: z.string() }));
export const scriptSaved = defineEvent("script.saved", z.object({ project: z.string(), sha256: z.string(), version: z.number() }));
export const scriptVersioned = defineEvent("script.versioned", z.object({ project: z.string(), version: z.string(), reason: z.string() }));
export const filmChanged = defineEvent("film.changed", z.object({ project: z.string(), filmVersion: z.number(), what: z.string() }));
