import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import type { z } from "zod";
import { openVideoEncoder } from "../media/encode.ts";
import type { Model, OutputValue } from "../model.ts";

/** A folder for a test's files, and what removes it. */
export function testDir(): { dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), "renderer-test-"));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** The address of a local file for a model that runs in the test's own process. */
export const urlOf = (path: string): string => `http://files.test${path}`;

export interface Run {
  output: { [key: string]: OutputValue };
  logs: string[];
  /** The path of a file of the output. */
  path(key: string): string;
}

/** Runs a model in this process, its input validated as the server would. `signal` cancels it. */
export async function runModel<S extends z.ZodType>(model: Model<S>, input: z.input<S>, dir: string, signal = new AbortController().signal): Promise<Run> {
  const own = mkdtempSync(join(dir, `${model.name}-`));
  const logs: string[] = [];
  let files = 0;
  mkdirSync(own, { recursive: true });
  const output = await model.run(model.input.parse(input), {
    dir: own,
    signal,
    log: (line) => logs.push(line),
    progress: (percent, step) => logs.push(`progress ${Math.round(percent)} ${step}`),
    fetchFile: async (url) => {
      const path = join(own, `input-${(files += 1)}`);
      copyFileSync(decodeURIComponent(new URL(url).pathname), path);
      return path;
    },
  });
  return { output, logs, path: (key) => (output[key] as { file: string }).file };
}

/** A clip whose every frame says which it is: the brightness of its left half is the frame number, and a ball moves. */
export async function testClip(path: string, options: { frames: number; hue: number; width?: number; height?: number; crf?: number }): Promise<string> {
  const { width = 1280, height = 720 } = options;
  const encoder = await openVideoEncoder({ path, width, height, ...(options.crf === undefined ? {} : { crf: options.crf }) });
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  for (let frame = 0; frame < options.frames; frame += 1) {
    context.fillStyle = `hsl(${options.hue} 60% 45%)`;
    context.fillRect(0, 0, width, height);
    const level = 20 + (frame % 200);
    context.fillStyle = `rgb(${level} ${level} ${level})`;
    context.fillRect(0, 0, width / 2, height / 2);
    context.fillStyle = "white";
    context.beginPath();
    context.arc(width / 4 + ((frame * 7) % (width / 2)), (height * 3) / 4, 40, 0, 2 * Math.PI);
    context.fill();
    await encoder.write(canvas.data());
  }
  await encoder.close();
  return path;
}
