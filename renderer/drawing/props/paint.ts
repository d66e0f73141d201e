import type { Rgb } from "../color.ts";
import type { Context } from "../stage.ts";
import { carried } from "./carried.ts";
import { handy } from "./handy.ts";
import type { PropName } from "./names.ts";

/** Paints a thing inside the square from -1 to 1, upright. */
export interface PropBrush {
  ctx: Context;
  tint(color: Rgb, alpha?: number): string;
  /** Pixels of its longer side: says how much detail is worth drawing. */
  detail: number;
}

export function paintProp(brush: PropBrush, name: PropName): void {
  const paint = { ...handy, ...carried }[name];
  brush.ctx.save();
  paint(brush);
  brush.ctx.restore();
}
