import { mix, parseHex, scale, type Rgb } from "./color.ts";
import type { Placement } from "./compose.ts";
import { limbPath, smoothPath } from "./figures/shape.ts";
import { lit } from "./light.ts";
import { paintProp } from "./props/paint.ts";
import type { PropName } from "./props/names.ts";
import { everywhere, glow, ink, type Stage } from "./stage.ts";

/** The table (or ground) on which a thing lies, seen from above in front of the blurred set. */
export function paintSurface(stage: Stage, input: { interior: boolean }): void {
  const { ctx, view, light } = stage;
  const top = view.height * 0.5;
  const color: Rgb = input.interior ? [0.46, 0.3, 0.19] : [0.5, 0.46, 0.4];
  const fill = ctx.createLinearGradient(0, top, 0, view.height + view.marginY);
  fill.addColorStop(0, ink(stage, lit(light, color, 0.5)));
  fill.addColorStop(0.25, ink(stage, lit(light, color, 0.9)));
  fill.addColorStop(1, ink(stage, lit(light, scale(color, 0.6), 0.7)));
  ctx.fillStyle = fill;
  const [x, , w] = everywhere(view);
  ctx.fillRect(x, top, w, view.height + view.marginY - top);
  ctx.strokeStyle = ink(stage, lit(light, scale(color, 0.55), 0.6), 0.5);
  ctx.lineWidth = 2;
  for (let i = 0; i < 7; i++) {
    const y = top + (view.height - top + view.marginY) * (i / 7) ** 1.6;
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.bezierCurveTo(view.width * 0.3, y + 4, view.width * 0.6, y - 3, x + w, y + 2);
    ctx.stroke();
  }
  glow(stage, { x: view.width * (0.5 + light.side * 0.3), y: view.height * 0.62 }, view.height * 0.7, light.key, 0.34);
}

const flat: ReadonlySet<PropName> = new Set(["letter", "paper", "map", "money", "ticket", "book", "key", "knife", "gun", "coin", "ring", "phone", "sword", "rope", "watch"]);

/** The thing itself, filling the picture, and the hand that reaches for it. */
export function paintInsert(stage: Stage, input: { prop: PropName; hand: Placement | null }): void {
  const { ctx, view, light } = stage;
  const size = Math.min(view.width * 0.44, view.height * 0.36);
  const lies = flat.has(input.prop);
  const center = { x: view.width * 0.5 - light.side * size * 0.16, y: view.height * (lies ? 0.63 : 0.5) };
  ctx.save();
  ctx.translate(center.x - light.side * size * 0.14, center.y + size * (lies ? 0.14 : 0.92));
  ctx.scale(1, lies ? 0.5 : 0.17);
  const shade = ctx.createRadialGradient(0, 0, 0, 0, 0, size * 1.25);
  shade.addColorStop(0.3, "rgba(8,5,10,0.6)");
  shade.addColorStop(1, "rgba(8,5,10,0)");
  ctx.fillStyle = shade;
  ctx.fillRect(-size * 2, -size * 2, size * 4, size * 4);
  ctx.restore();
  ctx.save();
  ctx.translate(center.x, center.y);
  ctx.scale(size, lies ? size * 0.82 : size);
  const tint = (color: Rgb, alpha = 1): string => ink(stage, mix(lit(light, color, 0.9), color, 0.25), alpha);
  paintProp({ ctx, tint, detail: size * 2 }, input.prop);
  ctx.restore();
  if (input.hand) hand(stage, { look: input.hand.actor.look, x: center.x + light.side * size * 0.9, y: center.y + size * 0.3, size });
}

/** A hand with a sleeve that comes in from the side of the light: its colours say whose it is. */
function hand(stage: Stage, h: { look: Placement["actor"]["look"]; x: number; y: number; size: number }): void {
  const { ctx, light } = stage;
  const tint = (color: Rgb): string => ink(stage, mix(lit(light, color, 0.85), color, 0.2));
  const skin = parseHex(h.look.skin);
  const sleeve = parseHex(h.look.top);
  ctx.save();
  ctx.translate(h.x, h.y);
  ctx.scale(light.side * h.size, h.size);
  ctx.rotate(0.42);
  ctx.fillStyle = "rgba(8,5,10,0.35)";
  limbPath(ctx, [{ x: 0.02, y: 0.12 }, { x: 0.6, y: 0.16 }, { x: 2.4, y: 0.2 }], [0.24, 0.24, 0.36]);
  ctx.fill("nonzero");
  const cloth = ctx.createLinearGradient(0, -0.4, 0, 0.42);
  cloth.addColorStop(0, tint(scale(sleeve, 1.2)));
  cloth.addColorStop(1, tint(scale(sleeve, 0.55)));
  ctx.fillStyle = tint(skin);
  limbPath(ctx, [{ x: 0.28, y: 0 }, { x: 0.85, y: 0.02 }], [0.2, 0.17]);
  ctx.fill("nonzero");
  smoothPath(ctx, [[0.5, -0.2], [0.15, -0.26], [-0.14, -0.2], [-0.2, 0.06], [-0.06, 0.22], [0.3, 0.22], [0.52, 0.17]]);
  ctx.fill();
  for (let i = 0; i < 4; i++) {
    const y = -0.19 + i * 0.12;
    ctx.fillStyle = tint(scale(skin, 1 - i * 0.05));
    limbPath(ctx, [{ x: 0, y }, { x: -0.3 + Math.abs(i - 1.4) * 0.05, y: y + 0.03 }, { x: -0.48 + Math.abs(i - 1.4) * 0.07, y: y + 0.13 }], [0.078, 0.068, 0.055]);
    ctx.fill("nonzero");
    ctx.strokeStyle = tint(scale(skin, 0.62));
    ctx.lineWidth = 0.014;
    ctx.beginPath();
    ctx.moveTo(0.06, y + 0.062);
    ctx.lineTo(-0.3, y + 0.085);
    ctx.stroke();
  }
  ctx.fillStyle = tint(scale(skin, 0.94));
  limbPath(ctx, [{ x: 0.3, y: 0.16 }, { x: 0.05, y: 0.32 }, { x: -0.18, y: 0.34 }], [0.1, 0.078, 0.058]);
  ctx.fill("nonzero");
  ctx.fillStyle = cloth;
  limbPath(ctx, [{ x: 0.86, y: 0.02 }, { x: 2.6, y: 0.06 }], [0.27, 0.42]);
  ctx.fill("nonzero");
  ctx.restore();
}
