import { z } from "zod";
import { aspects, cameraMoves, framings, settings, styles, timesOfDay, weathers } from "../../film/film.ts";

/** At most two minutes a clip: a silent shot lasts at most one, and speech may take longer. */
export const MAX_FRAMES = 24 * 60 * 2;

const text = (most: number): z.ZodString => z.string().max(most);
const seed = z.number().int().default(0).describe("the same seed gives the same picture");

const look = z.object({
  presents: z.enum(["woman", "man", "neutral", "child", "animal", "machine"]),
  hair: text(32),
  hairStyle: z.enum(["short", "long", "bun", "curly", "bald", "hat"]),
  skin: text(32),
  top: text(32),
  bottom: text(32),
  height: z.number().min(0.1).max(3),
  build: z.enum(["slim", "medium", "broad"]),
});

/** What a panel is drawn from. */
export const frameInput = z.object({
  description: text(20_000).default(""),
  framing: z.enum(framings).default("medium"),
  setting: z.enum(settings).nullable().default(null),
  place: text(2_000).default(""),
  timeOfDay: z.enum(timesOfDay).nullable().default(null),
  weather: z.enum(weathers).nullable().default(null),
  style: z.enum(styles).default("cinematic"),
  aspect: z.enum(aspects).default("16:9"),
  cast: z.array(z.object({ id: text(200), name: text(2_000), look })).max(40).default([]),
  props: z.array(text(2_000)).max(60).default([]),
  seed,
});

const file = z.string().max(4_000).describe("an http or https address");

/** What a camera moves over. */
export const clipInput = z.object({
  panel: file,
  planes: z.array(file).max(8).default([]).describe("far to near; empty for a single picture"),
  depths: z.array(z.number().min(0).max(1)).max(8).default([]),
  overscan: z.number().min(0).max(0.5).default(0),
  cameraMove: z.enum(cameraMoves).default("static"),
  frames: z.number().int().min(1).max(MAX_FRAMES),
  aspect: z.enum(aspects).default("16:9"),
  weather: z.enum(weathers).nullable().default(null),
  timeOfDay: z.enum(timesOfDay).nullable().default(null),
  seed,
});

export const moveInput = clipInput.extend({
  slate: z.object({ shot: text(40), startFrame: z.number().int().min(0) }).nullable().default(null),
});

export const titleInput = z.object({
  title: text(500).default(""),
  subtitle: text(1_000).default(""),
  role: z.enum(["opening", "ending"]).default("opening"),
  frames: z.number().int().min(1).max(MAX_FRAMES),
  style: z.enum(styles).default("cinematic"),
  aspect: z.enum(aspects).default("16:9"),
  seed,
});

export type ClipInput = z.output<typeof clipInput>;
export type MoveInput = z.output<typeof moveInput>;
export type TitleInput = z.output<typeof titleInput>;
