/** Clips that play, for stand-ins behind ports: whoever looks at what they made sees something move, and the renderer can take it in. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { AV_PIX_FMT_YUV420P } from "node-av/constants";
import { evenly, foreignVideo } from "../../../renderer/testing/foreign.ts";
import type { FileSpec } from "./files.ts";

const RATE = 24;

/** A video in H.264 as a vendor would give it; null for what needs no more than `files.ts` makes. */
export async function realFile(spec: FileSpec): Promise<Uint8Array<ArrayBuffer> | null> {
  if (spec.ending !== "mp4") return null;
  const folder = mkdtempSync(path.join(tmpdir(), "vendor-clip-"));
  try {
    const { width, height, seconds } = spec;
    const file = await foreignVideo(path.join(folder, "clip.mp4"), {
      codec: "libx264", pixels: { name: "yuv420p", format: AV_PIX_FMT_YUV420P }, width, height, times: evenly(Math.max(1, Math.round(seconds * RATE)), RATE),
      paint: (context, frame) => {
        const sky = context.createLinearGradient(0, 0, 0, height);
        sky.addColorStop(0, "#1c2a44");
        sky.addColorStop(1, "#c98a5b");
        context.fillStyle = sky;
        context.fillRect(0, 0, width, height);
        context.fillStyle = "#f4d9a8";
        context.beginPath();
        context.arc(width * (0.2 + 0.6 * (frame / (seconds * RATE))), height * 0.4, height * 0.12, 0, 2 * Math.PI);
        context.fill();
        context.fillStyle = "#14161c";
        context.fillRect(0, height * 0.72, width, height * 0.28);
        context.fillStyle = "#ffffff";
        context.font = `${Math.round(height / 22)}px sans-serif`;
        context.fillText("A stand-in made this", width * 0.04, height * 0.93);
      },
    });
    return new Uint8Array(readFileSync(file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
