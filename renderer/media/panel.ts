import { writeFileSync } from "node:fs";
import { createCanvas, ImageData } from "@napi-rs/canvas";
import { conformPicture } from "./conform.ts";
import type { Fit, Size } from "./fitting.ts";

/** Writes a picture of any kind as an opaque PNG of the film's size. */
export async function conformPanel(path: string, to: string, { size, fit }: { size: Size; fit: Fit }): Promise<void> {
  const rgba = await conformPicture(path, size, fit);
  const canvas = createCanvas(size.width, size.height);
  canvas.getContext("2d").putImageData(new ImageData(rgba, size.width, size.height), 0, 0);
  writeFileSync(to, await canvas.encode("png"));
}
