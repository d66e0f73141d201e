import { mix, scale, type Rgb } from "../color.ts";
import { chance, glow, ink, project, trace, type Stage } from "../stage.ts";
import { board, box, contact, onPicture, surface } from "./solids.ts";

/** Where a piece stands: middle of its foot, in metres. */
export interface Spot {
  x: number;
  z: number;
}

const WOOD: Rgb = [0.46, 0.31, 0.2];
const WARM: Rgb = [1, 0.76, 0.42];

export function table(stage: Stage, at: Spot, input: { w?: number; d?: number; h?: number; color?: Rgb } = {}): void {
  const { w = 1.4, d = 0.8, h = 0.75, color = WOOD } = input;
  contact(stage, { ...at, w: w * 1.1, d });
  for (const k of [1, -1]) for (const s of [-1, 1]) box(stage, { x: at.x + s * (w / 2 - 0.06), y: 0, z: at.z + k * (d / 2 - 0.06), w: 0.07, h: h - 0.05, d: 0.07 }, scale(color, 0.7));
  box(stage, { x: at.x, y: h - 0.06, z: at.z, w, h: 0.06, d }, color);
}

export function chair(stage: Stage, at: Spot, color: Rgb = WOOD): void {
  contact(stage, { ...at, w: 0.5, d: 0.5 });
  for (const k of [1, -1]) for (const s of [-1, 1]) box(stage, { x: at.x + s * 0.19, y: 0, z: at.z + k * 0.19, w: 0.05, h: 0.44, d: 0.05 }, scale(color, 0.7));
  box(stage, { x: at.x, y: 0.44, z: at.z + 0.2, w: 0.44, h: 0.5, d: 0.05 }, scale(color, 0.9));
  box(stage, { x: at.x, y: 0.42, z: at.z, w: 0.46, h: 0.06, d: 0.46 }, color);
}

export function stool(stage: Stage, at: Spot, color: Rgb = [0.5, 0.16, 0.14]): void {
  box(stage, { x: at.x, y: 0, z: at.z, w: 0.06, h: 0.7, d: 0.06 }, [0.5, 0.5, 0.52]);
  box(stage, { x: at.x, y: 0, z: at.z, w: 0.34, h: 0.04, d: 0.3 }, [0.4, 0.4, 0.42]);
  box(stage, { x: at.x, y: 0.7, z: at.z, w: 0.38, h: 0.09, d: 0.36 }, color);
}

export function sofa(stage: Stage, at: Spot, color: Rgb): void {
  contact(stage, { ...at, w: 2.1, d: 0.9 });
  box(stage, { x: at.x, y: 0.1, z: at.z + 0.3, w: 1.9, h: 0.75, d: 0.24 }, scale(color, 0.85));
  box(stage, { x: at.x, y: 0.1, z: at.z, w: 1.9, h: 0.34, d: 0.8 }, color);
  for (const s of [-1, 1]) {
    box(stage, { x: at.x + s * 0.46, y: 0.42, z: at.z - 0.05, w: 0.88, h: 0.08, d: 0.62 }, scale(color, 1.12));
    box(stage, { x: at.x + s * 1.0, y: 0.1, z: at.z, w: 0.2, h: 0.55, d: 0.85 }, scale(color, 0.95));
  }
  box(stage, { x: at.x + 0.6, y: 0.5, z: at.z + 0.1, w: 0.36, h: 0.32, d: 0.1 }, mix(color, [0.95, 0.75, 0.4], 0.6));
}

export function bed(stage: Stage, at: Spot, color: Rgb): void {
  contact(stage, { ...at, w: 1.9, d: 2 });
  box(stage, { x: at.x, y: 0, z: at.z + 1, w: 1.7, h: 1.05, d: 0.08 }, WOOD);
  box(stage, { x: at.x, y: 0.12, z: at.z, w: 1.6, h: 0.22, d: 1.95 }, scale(WOOD, 0.8));
  box(stage, { x: at.x, y: 0.34, z: at.z, w: 1.56, h: 0.2, d: 1.9 }, [0.92, 0.91, 0.88]);
  box(stage, { x: at.x, y: 0.5, z: at.z - 0.3, w: 1.62, h: 0.1, d: 1.36 }, color);
  for (const s of [-1, 1]) box(stage, { x: at.x + s * 0.38, y: 0.52, z: at.z + 0.72, w: 0.6, h: 0.16, d: 0.36 }, [0.97, 0.96, 0.93]);
}

/** A standing cupboard with doors or drawers. */
export function cabinet(stage: Stage, b: Spot & { w: number; h: number; d?: number; y?: number; color: Rgb; columns?: number; rows?: number }): void {
  const { w, h, d = 0.5, y = 0, color, columns = 2, rows = 1 } = b;
  if (y === 0) contact(stage, { x: b.x, z: b.z, w: w * 1.05, d });
  box(stage, { x: b.x, y, z: b.z, w, h, d }, color);
  const [cw, ch] = [w / columns, h / rows];
  for (let i = 0; i < columns; i++) for (let j = 0; j < rows; j++) {
    const x = b.x - w / 2 + cw * (i + 0.5);
    board(stage, { x, y: y + ch * j + ch * 0.07, z: b.z - d / 2 - 0.005, w: cw * 0.88, h: ch * 0.86 }, scale(color, 1.12), 0.58);
    board(stage, { x: x + cw * 0.3 * (i % 2 ? -1 : 1), y: y + ch * (j + 0.5), z: b.z - d / 2 - 0.01, w: 0.03, h: 0.1 }, [0.75, 0.68, 0.5], 0.9);
  }
}

/** Shelves with books, bottles or boxes on them. */
export function shelf(stage: Stage, b: Spot & { w: number; h: number; y?: number; rows: number; holds: "books" | "bottles" | "boxes"; color?: Rgb }): void {
  const { y = 0, color = WOOD } = b;
  const random = chance(stage, "shelf", b.x.toFixed(2), b.holds);
  box(stage, { x: b.x, y, z: b.z, w: b.w, h: b.h, d: 0.3 }, scale(color, 0.55));
  const gap = b.h / b.rows;
  const palette: readonly Rgb[] = b.holds === "bottles" ? [[0.2, 0.45, 0.25], [0.62, 0.33, 0.1], [0.72, 0.62, 0.4], [0.25, 0.4, 0.5], [0.55, 0.12, 0.14]] : [[0.5, 0.18, 0.15], [0.2, 0.3, 0.42], [0.55, 0.46, 0.26], [0.24, 0.36, 0.25], [0.75, 0.68, 0.55], [0.36, 0.22, 0.34]];
  for (let row = 0; row < b.rows; row++) {
    const base = y + gap * row + 0.03;
    for (let x = b.x - b.w / 2 + 0.06; x < b.x + b.w / 2 - 0.08; ) {
      const w = b.holds === "boxes" ? random.between(0.2, 0.34) : b.holds === "bottles" ? 0.085 : random.between(0.035, 0.08);
      const h = gap * (b.holds === "bottles" ? random.between(0.5, 0.75) : random.between(0.55, 0.86));
      const color = palette[Math.floor(random() * palette.length)] ?? WOOD;
      if (random() > 0.08) {
        board(stage, { x: x + w / 2, y: base, z: b.z - 0.16, w: w * 0.92, h }, color, 0.72);
        if (b.holds === "bottles") board(stage, { x: x + w / 2, y: base + h, z: b.z - 0.16, w: w * 0.34, h: h * 0.35 }, color, 0.9);
      }
      x += w + (b.holds === "books" ? 0 : 0.03);
    }
    board(stage, { x: b.x, y: y + gap * row, z: b.z - 0.17, w: b.w, h: 0.035 }, color, 0.8);
  }
}

/** A lamp that hangs from the ceiling. */
export function pendant(stage: Stage, at: Spot & { y: number; top: number; color?: Rgb }): void {
  const { ctx, light } = stage;
  const bulb = project(stage.camera, at.x, at.y, at.z);
  const hook = project(stage.camera, at.x, at.top, at.z);
  ctx.strokeStyle = ink(stage, [0.06, 0.05, 0.06]);
  ctx.lineWidth = Math.max(1, 0.015 * bulb.scale);
  ctx.beginPath();
  ctx.moveTo(hook.x, hook.y);
  ctx.lineTo(bulb.x, bulb.y);
  ctx.stroke();
  const r = 0.2 * bulb.scale;
  if (light.lamps > 0.1) glow(stage, { x: bulb.x, y: bulb.y + r * 0.4 }, 1.9 * bulb.scale, WARM, 0.6 * light.lamps);
  trace(ctx, [{ x: bulb.x - r * 0.25, y: bulb.y - r * 0.7 }, { x: bulb.x + r * 0.25, y: bulb.y - r * 0.7 }, { x: bulb.x + r, y: bulb.y + r * 0.25 }, { x: bulb.x - r, y: bulb.y + r * 0.25 }]);
  ctx.fillStyle = ink(stage, surface(stage, at.color ?? [0.2, 0.3, 0.3], { facing: 0.6, z: at.z }));
  ctx.fill();
  ctx.fillStyle = ink(stage, light.lamps > 0.1 ? [1.2, 1, 0.72] : [0.7, 0.68, 0.62]);
  ctx.beginPath();
  ctx.ellipse(bulb.x, bulb.y + r * 0.26, r * 0.8, r * 0.2, 0, 0, Math.PI * 2);
  ctx.fill();
}

/** A lamp on a stem: on the floor, or short, on a table. */
export function standingLamp(stage: Stage, at: Spot & { y?: number; h?: number }): void {
  const { ctx, light } = stage;
  const { y = 0, h = 1.55 } = at;
  const top = project(stage.camera, at.x, y + h, at.z);
  const small = h < 0.8;
  box(stage, { x: at.x, y, z: at.z, w: 0.03, h: h * 0.8, d: 0.03 }, [0.3, 0.25, 0.2]);
  box(stage, { x: at.x, y, z: at.z, w: small ? 0.16 : 0.3, h: 0.03, d: 0.2 }, [0.3, 0.25, 0.2]);
  const r = (small ? 0.14 : 0.24) * top.scale;
  const on = light.lamps > 0.1;
  if (on) glow(stage, top, 2.1 * top.scale, WARM, 0.75 * light.lamps);
  trace(ctx, [{ x: top.x - r * 0.6, y: top.y - r }, { x: top.x + r * 0.6, y: top.y - r }, { x: top.x + r, y: top.y + r * 0.55 }, { x: top.x - r, y: top.y + r * 0.55 }]);
  ctx.fillStyle = ink(stage, on ? mix([0.95, 0.8, 0.55], [1.25, 1, 0.68], light.lamps) : surface(stage, [0.85, 0.78, 0.64], { facing: 0.6, z: at.z }));
  ctx.fill();
}

/** A picture on the wall: a small landscape in a frame. */
export function painting(stage: Stage, at: { x: number; y: number; z: number; w: number; h: number }): void {
  board(stage, { ...at, x: at.x, y: at.y }, [0.34, 0.24, 0.15]);
  const inner = { x: at.x, y: at.y + at.h * 0.1, z: at.z - 0.005, w: at.w * 0.84, h: at.h * 0.8 };
  const random = chance(stage, "painting", at.x.toFixed(2));
  board(stage, inner, random.pick([[0.62, 0.72, 0.78], [0.85, 0.72, 0.55], [0.8, 0.78, 0.7]]));
  board(stage, { ...inner, h: inner.h * 0.45 }, random.pick([[0.3, 0.42, 0.32], [0.26, 0.34, 0.45], [0.55, 0.38, 0.26]]));
  board(stage, { ...inner, x: inner.x - inner.w * 0.2, y: inner.y + inner.h * 0.3, w: inner.w * 0.3, h: inner.h * 0.34 }, [0.42, 0.4, 0.44]);
}

export function plant(stage: Stage, at: Spot & { h?: number }): void {
  const { ctx } = stage;
  const { h = 1.2 } = at;
  const random = chance(stage, "plant", at.x.toFixed(2));
  contact(stage, { ...at, w: 0.5, d: 0.4 });
  box(stage, { x: at.x, y: 0, z: at.z, w: 0.34, h: 0.34, d: 0.34 }, [0.62, 0.36, 0.24]);
  const base = project(stage.camera, at.x, 0.34, at.z);
  for (let i = 0; i < 13; i++) {
    const angle = -Math.PI / 2 + (i / 12 - 0.5) * 2.3;
    const long = base.scale * (h - 0.34) * random.between(0.62, 1.05);
    const tip = { x: base.x + Math.cos(angle) * long, y: base.y + Math.sin(angle) * long };
    ctx.fillStyle = ink(stage, surface(stage, mix([0.16, 0.36, 0.18], [0.36, 0.55, 0.24], random()), { facing: 0.7, z: at.z }));
    ctx.beginPath();
    ctx.moveTo(base.x, base.y);
    ctx.quadraticCurveTo((base.x + tip.x) / 2 - long * 0.14, (base.y + tip.y) / 2 - long * 0.12, tip.x, tip.y);
    ctx.quadraticCurveTo((base.x + tip.x) / 2 + long * 0.14, (base.y + tip.y) / 2 + long * 0.02, base.x, base.y);
    ctx.fill();
  }
}

export function door(stage: Stage, at: { x: number; z: number; color?: Rgb; glass?: boolean }): void {
  const color = at.color ?? [0.44, 0.3, 0.2];
  board(stage, { x: at.x, y: 0, z: at.z, w: 1.04, h: 2.16 }, mix(color, [0.9, 0.88, 0.82], 0.5), 0.55);
  board(stage, { x: at.x, y: 0, z: at.z - 0.01, w: 0.9, h: 2.06 }, color, 0.6);
  for (const [y, h] of [[0.2, 0.75], [1.1, 0.8]] as const) board(stage, { x: at.x, y, z: at.z - 0.02, w: 0.62, h }, at.glass && y > 1 ? [0.8, 0.86, 0.88] : scale(color, 0.8), 0.6);
  board(stage, { x: at.x + 0.36, y: 1, z: at.z - 0.03, w: 0.05, h: 0.05 }, [0.85, 0.7, 0.35], 0.9);
}

export function curtains(stage: Stage, at: { x: number; y: number; z: number; w: number; h: number; color: Rgb }): void {
  for (const s of [-1, 1]) for (let i = 0; i < 5; i++) board(stage, { x: at.x + s * (at.w / 2 + 0.05 + i * 0.07), y: at.y - 0.35, z: at.z - 0.04, w: 0.075, h: at.h + 0.55 }, scale(at.color, i % 2 ? 0.8 : 1.05), 0.62);
  board(stage, { x: at.x, y: at.y + at.h + 0.18, z: at.z - 0.06, w: at.w + 0.9, h: 0.035 }, [0.3, 0.22, 0.16], 0.6);
}

/** A glowing screen on a foot. */
export function monitor(stage: Stage, at: Spot & { y: number; w?: number }): void {
  const { w = 0.55 } = at;
  box(stage, { x: at.x, y: at.y, z: at.z, w: 0.1, h: 0.16, d: 0.1 }, [0.2, 0.2, 0.22]);
  box(stage, { x: at.x, y: at.y + 0.12, z: at.z, w, h: w * 0.62, d: 0.04 }, [0.1, 0.1, 0.12]);
  const a = project(stage.camera, at.x, at.y + 0.12 + w * 0.31, at.z);
  trace(stage.ctx, onPicture(stage, [[at.x - w * 0.46, at.y + 0.15, at.z - 0.03], [at.x + w * 0.46, at.y + 0.15, at.z - 0.03], [at.x + w * 0.46, at.y + 0.09 + w * 0.62, at.z - 0.03], [at.x - w * 0.46, at.y + 0.09 + w * 0.62, at.z - 0.03]]));
  stage.ctx.fillStyle = ink(stage, [0.42, 0.66, 0.85]);
  stage.ctx.fill();
  glow(stage, a, w * 1.3 * a.scale, [0.4, 0.65, 0.95], 0.3);
}
