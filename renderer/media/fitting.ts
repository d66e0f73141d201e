import { AV_FRAME_DATA_DISPLAYMATRIX, AV_PKT_DATA_DISPLAYMATRIX } from "node-av/constants";
import type { Frame, Stream } from "node-av/lib";

/** Pictures that miss the film's shape by less than this are cropped to it; others keep their whole width or height between bars. */
const CROP_BELOW = 1.2;

export interface Size {
  width: number;
  height: number;
}

/** What becomes of a picture of another shape: `cover` crops it in its middle, `bars` shows all of it unless it is nearly of that shape. */
export type Fit = "cover" | "bars";

/** How pixels between pixels are made: `lanczos` is the crisper one for enlarging. */
export type Kernel = "bicubic" | "lanczos";

/**
 * The filters that turn a picture upright and give it a size. What is cut away is cut first and what is stretched is stretched once, so that
 * no picture between is larger than the larger of the two, whatever shape a file says that it or its pixels have.
 */
export function fitting(frame: Frame, stream: Stream, { width, height }: Size, { fit, kernel }: { fit: Fit; kernel: Kernel }): string {
  const quarter = quarterTurns(frame.getSideData(AV_FRAME_DATA_DISPLAYMATRIX) ?? stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX));
  const turn = ["null", "transpose=clock", "hflip,vflip", "transpose=cclock"][quarter] ?? "null";
  const sideways = quarter % 2 === 1;
  const source = sideways ? { width: frame.height, height: frame.width } : { width: frame.width, height: frame.height };
  const pixel = pixelShape(frame);
  const upright = sideways ? 1 / pixel : pixel;
  const mismatch = (source.width * upright) / source.height / (width / height);
  const scale = (to: Size): string => `scale=${to.width}:${to.height}:flags=${kernel}:out_color_matrix=bt709:out_range=limited`;
  if (fit === "cover" || Math.max(mismatch, 1 / mismatch) <= CROP_BELOW) {
    const cropped = { width: within(source.width / Math.max(1, mismatch), source.width), height: within(source.height * Math.min(1, mismatch), source.height) };
    return `${turn},crop=${cropped.width}:${cropped.height}:exact=1,${scale({ width, height })},setsar=1`;
  }
  const shown = { width: even(width * Math.min(1, mismatch), width), height: even(height / Math.max(1, mismatch), height) };
  return `${turn},${scale(shown)},pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:black,setsar=1`;
}

const within = (length: number, most: number): number => Math.min(most, Math.max(1, Math.round(length)));
const even = (length: number, most: number): number => Math.min(most, Math.max(2, 2 * Math.round(length / 2)));

/** The longest side that a video is worked on at. */
const LONGEST_SIDE = 3840;

/** The size at which a video is shown: upright, with square pixels, in even numbers; at most 3840 on its longer side. */
export function shownSize(stream: Stream): Size {
  const { width, height, sampleAspectRatio } = stream.codecpar;
  const wide = width * pixelShape({ sampleAspectRatio });
  const [across, down] = quarterTurns(stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX)) % 2 === 1 ? [height, wide] : [wide, height];
  const shrink = Math.min(1, LONGEST_SIDE / Math.max(across, down));
  return { width: even(across * shrink, LONGEST_SIDE), height: even(down * shrink, LONGEST_SIDE) };
}

/** Width of a pixel by its height. What cannot be meant is taken for square. */
function pixelShape({ sampleAspectRatio }: Pick<Frame, "sampleAspectRatio">): number {
  const { num, den } = sampleAspectRatio;
  return num > 0 && den > 0 && num / den < 100 && den / num < 100 ? num / den : 1;
}

/** How often a player turns the picture clockwise by a quarter (phones store which way up they were held). */
function quarterTurns(matrix: Buffer | null): number {
  if (!matrix || matrix.length < 36) return 0;
  const degrees = (Math.atan2(matrix.readInt32LE(4), matrix.readInt32LE(0)) * 180) / Math.PI;
  return ((Math.round(degrees / 90) % 4) + 4) % 4;
}
