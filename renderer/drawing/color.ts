import type { Style } from "../../film/film.ts";

/** Red, green, blue, each 0-1; a lit colour may exceed 1 before it is graded. */
export type Rgb = readonly [number, number, number];

/** Reads `#rgb` or `#rrggbb`; anything else is a middle grey, because a look is people's input. */
export function parseHex(hex: string): Rgb {
  const match = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(hex.trim());
  const digits = match?.[1];
  if (!digits) return [0.5, 0.5, 0.5];
  const full = digits.length === 3 ? [...digits].map((d) => d + d).join("") : digits;
  const value = Number.parseInt(full, 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}

export function mix(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** Multiplies every channel: darker below 1, lighter above. */
export function scale(a: Rgb, k: number): Rgb {
  return [a[0] * k, a[1] * k, a[2] * k];
}

/** Local colour under coloured light. */
export function multiply(a: Rgb, b: Rgb): Rgb {
  return [a[0] * b[0], a[1] * b[1], a[2] * b[2]];
}

export function luminance(a: Rgb): number {
  return 0.2126 * a[0] + 0.7152 * a[1] + 0.0722 * a[2];
}

/** Moves a colour away from (above 1) or towards (below 1) its own grey. */
export function saturate(a: Rgb, k: number): Rgb {
  const grey = luminance(a);
  return mix([grey, grey, grey], a, k);
}

function contrast(a: Rgb, k: number): Rgb {
  return [(a[0] - 0.45) * k + 0.45, (a[1] - 0.45) * k + 0.45, (a[2] - 0.45) * k + 0.45];
}

/** How a style turns every colour that is painted. */
export type Grade = (color: Rgb) => Rgb;

/** Shadows go cool and lights go warm, the look of graded film stock. */
function splitTone(color: Rgb, amount: number): Rgb {
  const t = Math.min(1, Math.max(0, luminance(color)));
  const cool: Rgb = [-0.03, 0.005, 0.035];
  const warm: Rgb = [0.035, 0.008, -0.03];
  const tint = mix(cool, warm, t);
  return [color[0] + tint[0] * amount, color[1] + tint[1] * amount, color[2] + tint[2] * amount];
}

/** Red survives, everything else becomes silver: black-and-white film with one hand-tinted colour. */
function noir(color: Rgb): Rgb {
  const [r, g, b] = color;
  const redness = r < 0.34 ? 0 : Math.max(0, Math.min(1, (r - Math.max(g, b) * 2.5) * 6));
  const value = luminance(color) * 1.06 + 0.025;
  const grey = contrast([value, value, value], 1.22);
  const silver: Rgb = [grey[0] * 0.97, grey[1] * 0.985, grey[2] * 1.02];
  return mix(silver, saturate([r * 0.95, g * 0.6, b * 0.65], 1.15), redness);
}

const grades: Record<Style, Grade> = {
  cinematic: (color) => splitTone(contrast(saturate(color, 0.96), 1.06), 1),
  documentary: (color) => saturate(contrast([color[0] * 0.96 + 0.03, color[1] * 0.96 + 0.03, color[2] * 0.94 + 0.03], 0.92), 0.72),
  anime: (color) => contrast(saturate([color[0] * 1.04, color[1] * 1.04, color[2] * 1.08 + 0.01], 1.3), 1.02),
  noir,
  comic: (color) => contrast(saturate(color, 1.38), 1.14),
  commercial: (color) => saturate([color[0] * 1.08 + 0.03, color[1] * 1.08 + 0.03, color[2] * 1.07 + 0.03], 1.16),
};

export function gradeOf(style: Style): Grade {
  return grades[style];
}

/** A CSS colour. */
export function css(color: Rgb, alpha = 1): string {
  const byte = (v: number): number => Math.round(Math.min(1, Math.max(0, v)) * 255);
  return `rgba(${byte(color[0])},${byte(color[1])},${byte(color[2])},${Math.round(alpha * 1000) / 1000})`;
}
