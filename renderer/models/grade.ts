import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readCube, writeCube } from "../grading/cube.ts";
import { lookNames, looks } from "../grading/looks.ts";
import { FRAME_RATE } from "../media/encode.ts";
import { fetchFootage, fileUrl, quoted, rework } from "../media/rework.ts";
import { defineModel } from "../model.ts";

/** Points a side of the table that pictures are graded by: with interpolation, finer than eight bits. */
const POINTS = 33;
const CRF = 18;

/** A video in other colours. */
export const grade = defineModel({
  name: "grade",
  description: "A video in one of eight looks, or in those of a .cube LUT, or in both (the LUT first), as strongly as asked for.",
  input: z.object({
    video: fileUrl,
    look: z.enum(lookNames).default("none"),
    lut: fileUrl.nullable().default(null).describe("a .cube file"),
    strength: z.number().min(0).max(1).default(1),
  }),
  run: async ({ video, look, lut, strength }, ctx) => {
    const footage = await fetchFootage(video, ctx);
    const base = lut === null ? looks.none : readCube(readFileSync(await ctx.fetchFile(lut), "utf8"));
    // Nobody's file is given to the filter: it gets a table of ours, with the look and the strength in it.
    const table = join(ctx.dir, "grade.cube");
    writeFileSync(table, writeCube((color) => looks[look](base(color)), { size: POINTS, strength }));
    const filters = `format=gbrp10le,lut3d=file=${quoted(table)}:interp=tetrahedral,scale=out_color_matrix=bt709:out_range=limited:flags=accurate_rnd+full_chroma_int`;
    const { path, frames } = await rework(footage, { name: "graded.mp4", size: footage.size, filters, crf: CRF, step: "grading", from: 5, to: 98 }, ctx);
    return { video: { file: path }, frames, seconds: frames / FRAME_RATE };
  },
});
