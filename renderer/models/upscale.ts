import { z } from "zod";
import { resolutions } from "../../film/inputs/model-request.ts";
import { FRAME_RATE } from "../media/encode.ts";
import { fetchFootage, fileUrl, rework } from "../media/rework.ts";
import { defineModel, InputError } from "../model.ts";

const SHORT_SIDES = { "480p": 480, "720p": 720, "1080p": 1080, "4k": 2160 } as const;
const LONGEST_SIDE = 8192;
/** Light sharpening, of light alone: what enlarging has softened, and nothing that would ring. */
const SHARPEN = "unsharp=luma_msize_x=5:luma_msize_y=5:luma_amount=0.35:chroma_amount=0";
const CRF = 18;

/** A larger video. */
export const upscale = defineModel({
  name: "upscale",
  description: "A video at a higher resolution, enlarged by Lanczos' kernel and lightly sharpened. It adds pixels, not detail.",
  input: z.object({ video: fileUrl, resolution: z.enum(resolutions).default("1080p").describe("of the shorter side") }),
  run: async ({ video, resolution }, ctx) => {
    const footage = await fetchFootage(video, ctx);
    const { width, height } = footage.size;
    const factor = SHORT_SIDES[resolution] / Math.min(width, height);
    if (factor <= 1) throw new InputError(`the video is ${width} x ${height}: at ${resolution} it would not be larger`);
    const size = { width: 2 * Math.round((width * factor) / 2), height: 2 * Math.round((height * factor) / 2) };
    if (Math.max(size.width, size.height) > LONGEST_SIDE) throw new InputError(`at ${resolution} the video would be ${size.width} x ${size.height}: at most ${LONGEST_SIDE} is possible`);
    const { path, frames } = await rework(footage, { name: "upscaled.mp4", size, kernel: "lanczos", filters: SHARPEN, crf: CRF, step: "enlarging", from: 5, to: 98 }, ctx);
    return { video: { file: path }, ...size, frames, seconds: frames / FRAME_RATE };
  },
});
