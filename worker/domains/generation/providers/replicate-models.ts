/** What is run at Replicate, with its limits and prices: official models by name, others by a pinned version, of which a second of their machine costs so much. */
import { z } from "@hono/zod-openapi";
import type { Json } from "#film/film.ts";
import type { ModelRequest } from "#film/inputs/model-request.ts";
import type { Model } from "../tools/tool.ts";
import { accepts, lengthFor, MINUTE_MS, only, price } from "./cards.ts";

export interface Runnable {
  model: Model;
  /** Millionths of a dollar for a second of its machine; null where it is sold by what it makes. */
  microsPerSecond: number | null;
  /** A request in the model's words; null where it is of another tool. */
  input(request: ModelRequest): Json | null;
  /** Files by role and values, or null where they are not there. */
  output(given: unknown): Json | null;
}

const HARDWARE = "Replicate's prices of hardware, read in November 2026";

function runnable(id: string, label: string, { microsPerSecond = null, input, output, ...more }: Pick<Model, "tool" | "name" | "quality" | "speed" | "accepts" | "vendorPrice"> & Partial<Model> & Pick<Runnable, "input" | "output"> & Partial<Runnable>): Runnable {
  const { model: _none, ...rest } = more;
  return { model: { id: `replicate/${id}`, label, provider: "replicate", version: null, lifecycle: "active", sunset: null, timeoutMs: 30 * MINUTE_MS, ...rest }, microsPerSecond, input, output };
}

const Address = z.string().min(1).max(4_000);
/** One file, by itself or as the only one of a list. */
const fileAs = (role: string) => (given: unknown): Json | null => {
  const address = Address.safeParse(Array.isArray(given) ? given[0] : given);
  return address.success ? { [role]: address.data } : null;
};
const Mesh = z.object({ model_file: Address });
const Transcript = z.object({ text: z.string().max(5_000_000), chunks: z.array(z.object({ text: z.string().max(1_000), timestamp: z.tuple([z.number().nonnegative(), z.number().nonnegative().nullable()]) })).max(200_000) });
const seedOf = (seed: number): number => Math.abs(Math.trunc(seed)) % 2_147_483_647;

export const runnables: readonly Runnable[] = [
  runnable("veo-3.1-fast", "Veo 3.1 Fast at Replicate", {
    tool: "clip", name: "google/veo-3.1-fast", quality: 84, speed: { seconds: 30, perSecond: 6 },
    accepts: accepts({ seconds: only(4, 6, 8), aspects: ["16:9", "9:16"], resolutions: ["720p", "1080p"], firstFrame: "may", promptMax: 2_000 }),
    vendorPrice: price("2026-11", "a public recipe of 2026: $0.10 a second without sound", "second", 100_000, ["A clip of 8 seconds", 8, 800_000]),
    input: (request) => (request.tool === "clip" ? {
      prompt: request.prompt, duration: lengthFor(request.seconds, only(4, 6, 8)), aspect_ratio: request.aspect, resolution: request.resolution, generate_audio: false, seed: seedOf(request.seed),
      ...(request.firstFrame === null ? {} : { image: request.firstFrame }),
    } : null),
    output: fileAs("video"),
  }),
  runnable("flux-1.1-pro", "FLUX 1.1 Pro", {
    tool: "frame", name: "black-forest-labs/flux-1.1-pro", quality: 80, speed: { seconds: 8, perSecond: 0 }, timeoutMs: 10 * MINUTE_MS, accepts: accepts({ aspects: ["16:9", "9:16", "1:1"], promptMax: 2_000 }),
    vendorPrice: price("2026", "the model's page at Replicate, from memory", "each", 40_000, ["A picture", 1, 40_000]),
    input: (request) => (request.tool === "frame" ? { prompt: request.prompt, aspect_ratio: request.aspect, output_format: "png", seed: seedOf(request.seed) } : null),
    output: fileAs("panel"),
  }),
  runnable("lipsync-2", "Sync Lipsync 2 at Replicate", {
    tool: "lip-sync", name: "sync/lipsync-2", quality: 85, speed: { seconds: 40, perSecond: 10 }, accepts: accepts({ seconds: { least: 0.5, most: 300, only: null } }),
    vendorPrice: price("2026", "sync's own price, which fal asks too: $3 a minute", "minute", 3_000_000, ["Half a minute of a film", 0.5, 1_500_000]),
    input: (request) => (request.tool === "lip-sync" ? { video: request.video, audio: request.audio, sync_mode: "cut_off" } : null),
    output: fileAs("video"),
  }),
  runnable("robust-video-matting", "Robust Video Matting", {
    tool: "roto", name: "arielreplicate/robust_video_matting", version: "73d2128a371922d5d1abf0712a1d974be0e4e2358cc1218e4e34714767232bac", microsPerSecond: 225, quality: 65, speed: { seconds: 60, perSecond: 10 },
    // It finds people by itself, and cannot be told what else to look for.
    accepts: accepts({ seconds: { least: 0.5, most: 60, only: null }, promptMax: 0 }), vendorPrice: price("2026-11", `${HARDWARE}: five minutes of a T4, which it does not exceed`, "each", 67_500, ["A shot", 1, 67_500]),
    input: (request) => (request.tool === "roto" ? { input_video: request.video, output_type: "green-screen" } : null),
    output: fileAs("video"),
  }),
  runnable("trellis", "Trellis at Replicate", {
    tool: "mesh", name: "firtoz/trellis", version: "e8f6c45206993f297372f5436b90350817bd9b4a0d52d2a76df50c1c8afa2b3c", microsPerSecond: 1_400, quality: 70, speed: { seconds: 60, perSecond: 0 }, accepts: accepts({}),
    vendorPrice: price("2026-11", `${HARDWARE}: forty seconds of an A100`, "each", 56_000, ["A mesh", 1, 56_000]),
    input: (request) => (request.tool === "mesh" ? { images: [request.image], seed: seedOf(request.seed), randomize_seed: false, texture_size: 1_024, mesh_simplify: 0.95, generate_model: true, generate_color: false, generate_normal: false } : null),
    output: (given) => {
      const mesh = Mesh.safeParse(given);
      return mesh.success ? { mesh: mesh.data.model_file } : null;
    },
  }),
  runnable("fast-whisper", "Incredibly Fast Whisper", {
    tool: "transcribe", name: "vaibhavs10/incredibly-fast-whisper", version: "3ab86df6c8f54c11309d4d1f930ac292bad43ace52d10c80d87eb258b3c9f79c", microsPerSecond: 975, quality: 78, speed: { seconds: 15, perSecond: 0.05 }, timeoutMs: 15 * MINUTE_MS,
    accepts: accepts({ seconds: { least: 0.5, most: 3_600, only: null } }), vendorPrice: price("2026-11", `${HARDWARE}: ten seconds of an L40S`, "each", 9_750, ["A recording", 1, 9_750]),
    input: (request) => {
      if (request.tool !== "transcribe") return null;
      const language = languages[request.language ?? ""];
      return { audio: request.audio, task: "transcribe", timestamp: "word", batch_size: 24, ...(language === undefined ? {} : { language }) };
    },
    output: (given) => {
      const transcript = Transcript.safeParse(given);
      if (!transcript.success) return null;
      const words = transcript.data.chunks.flatMap(({ text, timestamp: [start, end] }) => (text.trim() === "" ? [] : [{ text: text.trim(), start, end: Math.max(start, end ?? start) }]));
      return { text: transcript.data.text.trim(), language: null, words };
    },
  }),
];

/** Whisper knows languages by their English names; one that is not here it finds out by itself. */
const languages: Readonly<Record<string, string>> = {
  en: "english", es: "spanish", fr: "french", de: "german", it: "italian", pt: "portuguese", nl: "dutch", pl: "polish", ru: "russian", tr: "turkish", sv: "swedish", da: "danish", fi: "finnish", cs: "czech", uk: "ukrainian", el: "greek", ar: "arabic", hi: "hindi",
  ja: "japanese", ko: "korean", zh: "chinese",
};
