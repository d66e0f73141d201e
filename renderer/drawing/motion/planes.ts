import { createCanvas, loadImage, type Canvas, type Image } from "@napi-rs/canvas";
import { readFile } from "node:fs/promises";
import { InputError } from "../../model.ts";
import type { Context, View } from "../stage.ts";
import type { CameraPath } from "./path.ts";
import { planeMotion } from "./path.ts";

/** A plane ready to be drawn quickly: cut to what it really shows. */
export interface MovingPlane {
  image: Image;
  depth: number;
  /** Source rectangle in the plane's own pixels. */
  x: number;
  y: number;
  width: number;
  height: number;
  /** Output pixels per source pixel. */
  scale: number;
}

export async function openPicture(path: string): Promise<Image> {
  try {
    return await loadImage(await readFile(path));
  } catch {
    throw new InputError("a picture cannot be read: it must be PNG, JPEG, WebP or AVIF");
  }
}

/** The part of a picture that is not transparent, or null where all of it is. */
function shown(image: Image): { x: number; y: number; width: number; height: number } | null {
  const step = 4;
  const w = Math.ceil(image.width / step);
  const h = Math.ceil(image.height / step);
  const small = createCanvas(w, h).getContext("2d");
  small.drawImage(image, 0, 0, w, h);
  const { data } = small.getImageData(0, 0, w, h);
  let [left, top, right, bottom] = [w, h, -1, -1];
  for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) if ((data[(y * w + x) * 4 + 3] ?? 0) > 0) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  if (right < 0) return null;
  const x = Math.max(0, (left - 1) * step);
  const y = Math.max(0, (top - 1) * step);
  return { x, y, width: Math.min(image.width, (right + 2) * step) - x, height: Math.min(image.height, (bottom + 2) * step) - y };
}

/** Makes the planes of a panel ready. Empty ones fall away. */
export function preparePlanes(images: readonly Image[], input: { depths: readonly number[]; overscan: number; view: View }): MovingPlane[] {
  return images.flatMap((image, i) => {
    const part = shown(image);
    if (!part) return [];
    const depth = input.depths[i] ?? (images.length > 1 ? i / (images.length - 1) : 0);
    return [{ image, depth, ...part, scale: (input.view.width * (1 + 2 * input.overscan)) / image.width }];
  });
}

/** One picture as a plane that covers the frame with room to move: cut, not stretched. */
export function coverPlane(image: Image, view: View): MovingPlane {
  const scale = Math.max((view.width + 2 * view.marginX) / image.width, (view.height + 2 * view.marginY) / image.height);
  const width = (view.width + 2 * view.marginX) / scale;
  const height = (view.height + 2 * view.marginY) / scale;
  return { image, depth: 1, x: (image.width - width) / 2, y: (image.height - height) / 2, width, height, scale };
}

/** Draws one plane as the camera sees it at a frame. */
export function drawPlane(ctx: Context, plane: MovingPlane, at: { frame: number; path: CameraPath; view: View; lone: boolean; sway?: { x: number; y: number } }): void {
  const { view, path } = at;
  const pose = path.at(at.frame);
  const motion = planeMotion({ pose, depth: plane.depth, parallax: at.lone ? 0 : path.parallax, marginX: view.marginX, marginY: view.marginY });
  const cx = view.width / 2;
  const cy = view.height / 2;
  const k = motion.scale;
  const cos = Math.cos(pose.roll) * k;
  const sin = Math.sin(pose.roll) * k;
  const dx = motion.dx + (at.sway?.x ?? 0);
  const dy = motion.dy + (at.sway?.y ?? 0);
  ctx.setTransform(cos, sin, -sin, cos, cx + dx - cos * cx + sin * cy, cy + dy - sin * cx - cos * cy);
  const s = plane.scale;
  const originX = at.lone ? -view.marginX : -view.marginX + plane.x * s;
  const originY = at.lone ? -view.marginY : -view.marginY + plane.y * s;
  ctx.drawImage(plane.image, plane.x, plane.y, plane.width, plane.height, originX, originY, plane.width * s, plane.height * s);
  ctx.resetTransform();
}

/** How much darker the finished panel is in its corners than its bare planes: the film keeps that vignette. */
export function vignetteOf(panel: Image, bare: Canvas): number {
  const size = 24;
  const light = (source: Image | Canvas): number => {
    const ctx = createCanvas(size, size).getContext("2d");
    ctx.imageSmoothingQuality = "high";
    ctx.drawImage(source, 0, 0, size, size);
    const { data } = ctx.getImageData(0, 0, size, size);
    let sum = 0;
    for (const [x, y] of [[0, 0], [1, 1], [size - 1, 0], [size - 2, 1], [0, size - 1], [size - 1, size - 1], [1, size - 2], [size - 2, size - 2]] as const) {
      const i = (y * size + x) * 4;
      sum += (data[i] ?? 0) + (data[i + 1] ?? 0) + (data[i + 2] ?? 0);
    }
    return sum;
  };
  const before = light(bare);
  return before < 60 ? 0.3 : Math.max(0, Math.min(0.7, 1 - light(panel) / before));
}
