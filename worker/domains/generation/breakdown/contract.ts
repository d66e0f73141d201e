import { z } from "@hono/zod-openapi";

/** What a model is asked for. Without limits: vendors that hold answers to a schema know few of them, so ours are looked at afterwards. */
export const AskedReading = z.object({
  scenes: z.array(z.object({ scene: z.number(), synopsis: z.string(), lines: z.array(z.number()) })),
  characters: z.array(z.object({ name: z.string(), aliases: z.array(z.string()), description: z.string(), lines: z.array(z.number()) })),
  locations: z.array(z.object({ name: z.string(), description: z.string(), lines: z.array(z.number()) })),
  props: z.array(z.object({ name: z.string(), scene: z.number(), lines: z.array(z.number()) })),
  costumes: z.array(z.object({ item: z.string(), character: z.string().nullable(), scene: z.number(), lines: z.array(z.number()) })),
});

const Name = z.string().trim().min(1).max(120);
const Words = z.string().trim().max(600);
const Line = z.int().positive();
const Lines = z.array(Line).max(40);

/** A breakdown with the lines that prove each of its names, within our limits. Scenes and lines are numbered from 1. */
export const Reading = z.object({
  scenes: z.array(z.object({ scene: Line, synopsis: Words, lines: Lines })).max(2_000),
  characters: z.array(z.object({ name: Name, aliases: z.array(Name).max(20), description: Words, lines: Lines })).max(1_000),
  locations: z.array(z.object({ name: Name, description: Words, lines: Lines })).max(1_000),
  props: z.array(z.object({ name: Name, scene: Line, lines: Lines })).max(5_000),
  costumes: z.array(z.object({ item: Name, character: Name.nullable(), scene: Line, lines: Lines })).max(5_000),
}).meta({ id: "ScriptReading" });

export const ScriptReading = z.object({
  object: z.literal("script_reading"), project: z.string(), script: z.string().meta({ description: "SHA-256 of the text that was read" }),
  parts: z.int().meta({ description: "Parts of some 10,000 tokens that a model reads it in, each at the price of a breakdown" }),
  by: z.enum(["model", "rules"]), model: z.object({ id: z.string(), label: z.string() }).nullable(), take: z.string().nullable(), readAt: z.iso.datetime().nullable(),
  reading: Reading, lines: z.array(z.object({ line: z.int(), text: z.string() })).meta({ description: "The lines that are named, as they are written" }),
}).meta({ id: "ScriptReadingOfProject" });
export type ScriptReading = z.infer<typeof ScriptReading>;
