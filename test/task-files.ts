import { env } from "cloudflare:workers";
import { mp4, png, wav } from "./emulators/media.ts";
import type { World } from "./world.ts";

/** Assets by what they are. */
export type Files = Record<"video" | "audio" | "image" | "mesh" | "long", string>;

/** Files of a studio, as if they had been uploaded or made: two seconds each. */
export async function filesIn({ studio }: Pick<World, "studio">): Promise<Files> {
  const keep = async (name: string, bytes: Uint8Array<ArrayBuffer>, contentType: string, durationMs: number | null, size: [number, number] | null = null): Promise<string> => {
    const id = `asset_${name}${studio.slice(-20)}`;
    const key = `takes/${studio}/${name}`;
    await env.MEDIA.put(key, bytes, { httpMetadata: { contentType } });
    await env.DB.prepare("INSERT INTO assets (id, studio, kind, role, key, content_type, bytes, sha256, duration_ms, width, height, created_at) VALUES (?, ?, 'clip', 'video', ?, ?, ?, ?, ?, ?, ?, 1)")
      .bind(id, studio, key, contentType, bytes.length, `${name}${studio}`.padEnd(64, "0").slice(0, 64), durationMs, size?.[0] ?? null, size?.[1] ?? null).run();
    return id;
  };
  const [video, audio, image, mesh, long] = await Promise.all([
    keep("video", await mp4({ width: 1280, height: 720, frames: 48, audio: null }), "video/mp4", 2_000, [1280, 720]), keep("audio", wav({ frames: 48, channels: 1 }), "audio/wav", 2_000),
    keep("image", await png({ width: 640, height: 360 }), "image/png", null, [640, 360]), keep("mesh", Uint8Array.from(new TextEncoder().encode("glTF")), "model/gltf-binary", null), keep("long", wav({ frames: 48, channels: 1 }), "audio/wav", 7_200_000),
  ]);
  return { video, audio, image, mesh, long };
}
