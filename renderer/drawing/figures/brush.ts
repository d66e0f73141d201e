import { mix, multiply, type Rgb } from "../color.ts";
import { lit, throughAir } from "../light.ts";
import { ink, type Context, type Stage } from "../stage.ts";

/** Paints one figure: its colours stand in the scene's light and air. */
export interface Brush {
  ctx: Context;
  stage: Stage;
  /** Pixels per metre: says how much detail is worth drawing. */
  scale: number;
  /** Distance from the camera in metres. */
  distance: number;
  /** A local colour as CSS. */
  tint(color: Rgb, alpha?: number): string;
}

export function brushOf(stage: Stage, ctx: Context, input: { scale: number; distance: number }): Brush {
  const { light } = stage;
  // A figure is lit a little better than its surroundings: the eye must find it first.
  const dark = light.lamps > 0.5 && !light.interior;
  const lift = dark ? 0.5 : light.lamps > 0.5 ? 0.2 : 0.1;
  const lamp: Rgb = dark ? light.fill : [1, 1, 1];
  const tint = (color: Rgb, alpha = 1): string => ink(stage, throughAir(light, mix(lit(light, color, 0.78), multiply(color, lamp), lift), input.distance), alpha);
  return { ctx, stage, scale: input.scale, distance: input.distance, tint };
}
