import { loadImage, createCanvas, type Image } from "@napi-rs/canvas";
import { viewOf } from "../compose.ts";
import type { TitleInput } from "../input.ts";
import { encodePng } from "../png.ts";
import type { Context, View } from "../stage.ts";
import { cardStyles, paintBackdrop, type CardStyle } from "./backdrop.ts";
import { letter, type Lettering } from "./lettering.ts";

/** Everything that a title's frames are painted from. */
export interface Card {
  view: View;
  backdrop: Image;
  look: CardStyle;
  title: Lettering;
  subtitle: Lettering;
  frames: number;
  ink: boolean;
}

/** Sets the words and paints the backdrop once; the frames only move and fade them. */
export async function openCard(input: TitleInput): Promise<Card> {
  const view = viewOf(input.aspect);
  const look = cardStyles[input.style];
  const ctx = createCanvas(8, 8).getContext("2d");
  const short = Math.min(view.width, view.height);
  const width = view.width * (view.width > view.height ? 0.76 : 0.84);
  const ending = input.role === "ending";
  const title = letter(ctx, {
    text: look.capitals ? input.title.toLocaleUpperCase("en") : input.title,
    family: "Dailies Display",
    weight: look.weight,
    largest: short * (ending ? 0.105 : 0.16),
    smallest: short * 0.05,
    width,
    lines: 3,
    spacing: look.spacing,
  });
  const subtitle = letter(ctx, { text: input.subtitle, family: "Dailies Text", weight: 500, largest: short * 0.037, smallest: short * 0.027, width: Math.min(width, short * 1.15), lines: 4, spacing: 0.015 });
  const backdrop = await loadImage(await encodePng(paintBackdrop({ view, style: input.style, seed: input.seed, ending })));
  return { view, backdrop, look, title, subtitle, frames: input.frames, ink: input.style === "comic" };
}

function ramp(t: number): number {
  const x = Math.min(1, Math.max(0, t));
  return x * x * (3 - 2 * x);
}

/** Paints one frame: the backdrop drifts, the words come up and go, and the whole fades from and to black. */
export function paintCard(ctx: Context, card: Card, frame: number): void {
  const { view, frames } = card;
  const t = frames > 1 ? frame / (frames - 1) : 0.5;
  const fade = Math.min(18, frames / 4);
  const zoom = 1 + 0.045 * t;
  const shift = (t - 0.5) * view.marginX * 0.5;
  ctx.save();
  ctx.translate(view.width / 2 + shift, view.height / 2);
  ctx.scale(zoom, zoom);
  ctx.drawImage(card.backdrop, -view.width / 2 - view.marginX, -view.height / 2 - view.marginY);
  ctx.restore();
  const leaves = ramp((frames - 1 - frame) / fade);
  words(ctx, card, { t, first: ramp((frame - fade * 0.4) / fade) * leaves, second: ramp((frame - fade * 1.1) / fade) * leaves });
  const dark = 1 - Math.min(ramp((frame + 1) / fade), ramp((frames - frame) / fade));
  if (dark > 0.001) {
    ctx.fillStyle = `rgba(0,0,0,${dark.toFixed(3)})`;
    ctx.fillRect(0, 0, view.width, view.height);
  }
}

function words(ctx: Context, card: Card, at: { t: number; first: number; second: number }): void {
  const { view, title, subtitle, look } = card;
  const left = look.align === "left";
  const x = left ? view.width * 0.1 : view.width / 2;
  const titleStep = title.size * 1.08;
  const gap = subtitle.lines.length > 0 ? title.size * 0.55 + subtitle.size : 0;
  const tall = title.lines.length * titleStep + gap + subtitle.lines.length * subtitle.size * 1.45;
  let y = view.height * (left ? 0.56 : 0.5) - tall / 2 + titleStep * 0.78;
  ctx.save();
  ctx.textAlign = left ? "left" : "center";
  ctx.textBaseline = "alphabetic";
  // The words grow a little all the while: they breathe, and nobody sees them move.
  const grow = 0.985 + 0.03 * at.t;
  ctx.translate(x, view.height / 2);
  ctx.scale(grow, grow);
  ctx.translate(-x, -view.height / 2);
  for (const line of title.lines) {
    ctx.globalAlpha = at.first;
    set(ctx, title, { text: line, x: x + (left ? 0 : (title.spacing * title.size) / 2), y, color: look.ink, outline: card.ink });
    y += titleStep;
  }
  if (subtitle.lines.length > 0) {
    const rule = Math.min(view.width * 0.09, title.size * 1.4) * at.second;
    const top = y - titleStep * 0.78 + title.size * 0.28;
    ctx.globalAlpha = at.second;
    ctx.fillStyle = look.accent;
    ctx.fillRect(left ? x : x - rule / 2, top, rule, Math.max(2, title.size * 0.035));
    y = top + title.size * 0.27 + subtitle.size;
    for (const line of subtitle.lines) {
      set(ctx, subtitle, { text: line, x, y, color: look.soft, outline: false });
      y += subtitle.size * 1.45;
    }
  }
  ctx.restore();
}

function set(ctx: Context, face: Lettering, line: { text: string; x: number; y: number; color: string; outline: boolean }): void {
  ctx.font = face.font;
  ctx.letterSpacing = `${(face.spacing * face.size).toFixed(2)}px`;
  if (line.outline) {
    ctx.lineJoin = "round";
    ctx.strokeStyle = "rgb(26,18,34)";
    ctx.lineWidth = face.size * 0.16;
    ctx.strokeText(line.text, line.x + face.size * 0.03, line.y + face.size * 0.04);
  }
  ctx.fillStyle = line.color;
  ctx.fillText(line.text, line.x, line.y);
}
