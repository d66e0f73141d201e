import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCanvas, ImageData } from "@napi-rs/canvas";
import { z } from "zod";
import { GlbWriter } from "../geometry/glb.ts";
import { isCutOut, relief } from "../geometry/relief.ts";
import { decodePicture } from "../media/conform.ts";
import { inspect } from "../media/inspect.ts";
import { fileUrl } from "../media/rework.ts";
import type { Picture } from "../media/sample.ts";
import { defineModel, InputError } from "../model.ts";

/** Vertices along the longer side, and pixels of the texture along it. */
const GRID = 192;
const TEXTURE = 1024;
const ARRAY_BUFFER = 34_962;
const ELEMENT_ARRAY_BUFFER = 34_963;
/** Metres. */
const FIGURE_HEIGHT = 1.7;
const PLATE_HEIGHT = 1;

/** A picture as a solid thing. */
export const mesh = defineModel({
  name: "mesh",
  description: "A GLB mesh of a picture, with the picture on it: a relief whose light parts stand out, or, of a cut-out (a picture with transparency), a rounded body with a back.",
  input: z.object({ image: fileUrl, depth: z.number().min(0.01).max(0.5).default(0.12).describe("of a relief, as a part of its height") }),
  run: async ({ image, depth }, ctx) => {
    ctx.progress(5, "fetching the picture");
    const path = await ctx.fetchFile(image);
    const { size, moving } = await inspect(path, "image");
    if (moving || !size) throw new InputError("the file is a video, not a picture");
    ctx.progress(20, "decoding the picture");
    const texture = await decodePicture(path, scaled(size, TEXTURE));
    const grid = await decodePicture(path, scaled(size, GRID));
    ctx.signal.throwIfAborted();
    ctx.progress(50, "raising the surface");
    const made = relief(grid, { height: isCutOut(grid) ? FIGURE_HEIGHT : PLATE_HEIGHT, depth });
    if (made.indices.length === 0) throw new InputError("the picture is see-through everywhere: there is nothing to raise");
    ctx.progress(85, "writing the mesh");
    const file = join(ctx.dir, "mesh.glb");
    writeFileSync(file, glbOf(made, await png(texture)));
    return { mesh: { file }, vertices: made.positions.length / 3, triangles: made.indices.length / 3 };
  },
});

function glbOf(made: ReturnType<typeof relief>, picture: Buffer): Buffer {
  const writer = new GlbWriter({ gltf: { asset: { version: "2.0", generator: "Dailies" } }, bin: Buffer.alloc(0) });
  const axes = [0, 1, 2].map((axis) => made.positions.filter((_, n) => n % 3 === axis));
  const bounds = { min: axes.map((values) => values.reduce((a, b) => Math.min(a, b))), max: axes.map((values) => values.reduce((a, b) => Math.max(a, b))) };
  const attributes = {
    POSITION: writer.accessor(made.positions, { type: "VEC3", width: 3, target: ARRAY_BUFFER, ...bounds }),
    NORMAL: writer.accessor(made.normals, { type: "VEC3", width: 3, target: ARRAY_BUFFER }),
    TEXCOORD_0: writer.accessor(made.uvs, { type: "VEC2", width: 2, target: ARRAY_BUFFER }),
  };
  const indices = writer.accessor(made.indices, { type: "SCALAR", width: 1, target: ELEMENT_ARRAY_BUFFER });
  const bufferView = writer.view(picture);
  Object.assign(writer.gltf, {
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ name: "relief", mesh: 0 }],
    meshes: [{ name: "relief", primitives: [{ attributes, indices, material: 0 }] }],
    materials: [{ name: "picture", pbrMetallicRoughness: { baseColorTexture: { index: 0 }, metallicFactor: 0, roughnessFactor: 0.9 }, alphaMode: "MASK", alphaCutoff: 0.5, doubleSided: true }],
    textures: [{ source: 0, sampler: 0 }],
    samplers: [{ magFilter: 9729, minFilter: 9987, wrapS: 33_071, wrapT: 33_071 }],
    images: [{ mimeType: "image/png", bufferView }],
  });
  return writer.finish();
}

async function png({ width, height, rgba }: Picture): Promise<Buffer> {
  const canvas = createCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(rgba, width, height), 0, 0);
  return canvas.encode("png");
}

/** Not less than four on the shorter side: a surface needs cells. */
function scaled({ width, height }: { width: number; height: number }, longest: number): { width: number; height: number } {
  const factor = longest / Math.max(width, height);
  return { width: Math.max(4, Math.round(width * factor)), height: Math.max(4, Math.round(height * factor)) };
}
