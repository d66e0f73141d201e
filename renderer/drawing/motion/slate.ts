import { FRAME_RATE } from "../../../film/film.ts";
import { font } from "../fonts.ts";
import type { Context, View } from "../stage.ts";

/** Hours, minutes, seconds and frames, as film counts them. */
export function timecode(frame: number): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const seconds = Math.floor(frame / FRAME_RATE);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}:${two(frame % FRAME_RATE)}`;
}

/** Burns the shot's number and the running timecode into the lower left corner. */
export function paintSlate(ctx: Context, view: View, input: { shot: string; frame: number }): void {
  const size = Math.round(Math.min(view.width, view.height) * 0.026);
  const shot = [...input.shot].slice(0, 12).join("");
  const code = timecode(input.frame);
  ctx.save();
  ctx.textBaseline = "middle";
  ctx.font = font("Dailies Mono", { size, weight: 700 });
  const shotWide = shot ? ctx.measureText(shot).width + size * 1.1 : 0;
  // A mono face: all digits are alike wide, so the plate stands still while the numbers run.
  const codeWide = size * 0.6 * code.length + size * 1.1;
  const [x, y, h] = [size * 1.1, view.height - size * 3, size * 1.9];
  ctx.fillStyle = "rgba(12,11,14,0.62)";
  ctx.beginPath();
  ctx.roundRect(x, y, shotWide + codeWide, h, size * 0.3);
  ctx.fill();
  if (shot) {
    ctx.fillStyle = "rgba(245,196,81,0.95)";
    ctx.beginPath();
    ctx.roundRect(x, y, shotWide, h, [size * 0.3, 0, 0, size * 0.3]);
    ctx.fill();
    ctx.fillStyle = "rgb(18,15,12)";
    ctx.fillText(shot, x + size * 0.55, y + h * 0.53);
  }
  ctx.font = font("Dailies Mono", { size, weight: 500 });
  ctx.fillStyle = "rgba(246,243,236,0.96)";
  ctx.fillText(code, x + shotWide + size * 0.55, y + h * 0.53);
  ctx.restore();
}
