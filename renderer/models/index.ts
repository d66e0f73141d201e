import type { Model } from "../model.ts";

/** Every model by name, imported when it is first asked for. A new model is one file and one line. */
const models: Record<string, () => Promise<Model>> = {
  voice: async () => (await import("./voice.ts")).voice,
  frame: async () => (await import("./frame.ts")).frame,
  move: async () => (await import("./move.ts")).move,
  clip: async () => (await import("./clip.ts")).clip,
  title: async () => (await import("./title.ts")).title,
  music: async () => (await import("./music.ts")).music,
  captions: async () => (await import("./captions.ts")).captions,
  animatic: async () => (await import("./animatic.ts")).animatic,
  cut: async () => (await import("./cut.ts")).cut,
  poster: async () => (await import("./poster.ts")).poster,
  preview: async () => (await import("./preview.ts")).preview,
  ingest: async () => (await import("./ingest.ts")).ingest,
  conform: async () => (await import("./conform.ts")).conform,
  remux: async () => (await import("./remux.ts")).remux,
  "clean-audio": async () => (await import("./clean-audio.ts")).cleanAudio,
  grade: async () => (await import("./grade.ts")).grade,
  roto: async () => (await import("./roto.ts")).roto,
  upscale: async () => (await import("./upscale.ts")).upscale,
  mesh: async () => (await import("./mesh.ts")).mesh,
  rig: async () => (await import("./rig.ts")).rig,
};

export const modelNames = Object.keys(models);

/** The model of that name, or null where there is none. */
export async function loadModel(name: string): Promise<Model | null> {
  const load = Object.hasOwn(models, name) ? models[name] : undefined;
  return load ? await load() : null;
}
