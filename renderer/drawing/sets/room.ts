import { mix, scale, type Rgb } from "../color.ts";
import { chance, glow, halfWidthAt, ink, linear, project, softly, trace, type Stage } from "../stage.ts";
import { face, floorLines, onPicture, surface, type Vertex } from "./solids.ts";
import { paintSky } from "./sky.ts";

/** A room: how its shell is made. Lengths in metres. */
export interface Room {
  wall: Rgb;
  floor: Rgb;
  ceiling: Rgb;
  /** What the floor is laid with. */
  floorKind: "boards" | "tiles" | "plain" | "carpet";
  height: number;
  /** From the subject to the back wall, and how wide the room is beside the picture's own width. */
  depth: number;
  narrow?: number;
  /** Panelling up to this height. */
  wainscot?: { height: number; color: Rgb };
  /** Pattern of the upper wall. */
  pattern?: "stripes" | "brick" | "panels" | "tiles";
  windows: "none" | "one" | "wide" | "row" | "arched";
}

export const WHITE: Rgb = [0.93, 0.92, 0.89];
export const WOOD: Rgb = [0.5, 0.34, 0.21];

/** A room like any other: what a kind of room does not say for itself. */
export const plainRoom: Room = { wall: [0.72, 0.68, 0.6], floor: WOOD, ceiling: [0.86, 0.84, 0.8], floorKind: "boards", height: 2.7, depth: 2.6, windows: "one" };

export interface Shell {
  back: number;
  half: number;
  height: number;
  /** Half of the back wall that the picture shows: furniture is placed by shares of it. */
  seen: number;
  windows: { x: number; y: number; w: number; h: number }[];
}

/** Where walls and windows are, for this camera: as on a set, the walls stand where the lens wants them. */
export function shellOf(stage: Stage, room: Room): Shell {
  const back = stage.camera.subject + room.depth;
  const seen = halfWidthAt(stage, back);
  const half = Math.max(1.7, Math.min(seen * (room.narrow ?? 0.86), 7));
  const tight = stage.camera.subject < 4.2 && seen < 1.8;
  const reach = Math.min(seen, half);
  const side = stage.light.side;
  // In the widest pictures the room grows, so that it is a room and not a strip between floor and ceiling.
  const height = Math.max(room.height * (stage.camera.subject > 6.2 ? 1.3 : 1), stage.camera.height + 0.9);
  const w = Math.min(1.5, Math.max(0.75, reach * 0.5));
  const place = { x: side * reach * (tight ? 0.56 : 0.5), y: 0.95, w, h: Math.min(1.35, height - 1.25) };
  const windows =
    room.windows === "none" ? [] : room.windows === "one" ? [place] : room.windows === "wide" ? [{ x: side * reach * 0.2, y: 0.8, w: reach * 1.4, h: height - 1.2 }] : room.windows === "arched" ? [-0.62, 0.62].map((k) => ({ x: k * reach, y: 1.3, w: Math.min(0.9, reach * 0.3), h: height - 2.1 })) : [-0.66, 0, 0.66].map((k) => ({ x: k * reach, y: 1, w: reach * 0.42, h: height - 1.5 }));
  return { back, half, height, seen: reach, windows };
}

/** A place along the back wall, as a share of what is seen of it: on the side away from the window. */
export function dim(stage: Stage, shell: Shell, share: number): number {
  return -stage.light.side * shell.seen * share;
}

/** The same on the window's side. */
export function bright(stage: Stage, shell: Shell, share: number): number {
  return stage.light.side * shell.seen * share;
}

/** What lies behind the windows, or nothing where the room has none. */
export function paintOutside(stage: Stage): void {
  const { ctx, view, light } = stage;
  const horizon = stage.camera.horizon;
  paintSky({ ...stage, camera: { ...stage.camera, horizon: Math.max(view.height * 0.45, horizon + view.height * 0.12) } });
  const random = chance(stage, "outside");
  const base = Math.max(horizon, view.height * 0.35) + view.height * 0.2;
  for (let layer = 0; layer < 2; layer++) {
    const tone = mix(scale(light.sky[1], 0.5), light.haze, layer === 0 ? 0.5 : 0.12);
    for (let x = -view.marginX; x < view.width + view.marginX; ) {
      const w = view.width * random.between(0.04, 0.1);
      const h = view.height * random.between(0.1, layer === 0 ? 0.36 : 0.24);
      ctx.fillStyle = ink(stage, tone);
      ctx.fillRect(x, base - h, w + 1, view.height);
      if (light.lamps > 0.3) litWindows(stage, { x, y: base - h, w, h }, random);
      x += w;
    }
  }
}

function litWindows(stage: Stage, b: { x: number; y: number; w: number; h: number }, random: () => number): void {
  const { ctx, light } = stage;
  for (let y = b.y + 6; y < b.y + b.h + 120; y += 13) for (let x = b.x + 5; x < b.x + b.w - 7; x += 11) if (random() < 0.3 * light.lamps) {
    ctx.fillStyle = ink(stage, [1, 0.8, 0.45], 0.8);
    ctx.fillRect(x, y, 5, 7);
  }
}

/** Floor, walls, ceiling and windows; the window panes are cut out, so that the plane behind shows through. */
export function paintShell(stage: Stage, room: Room, shell: Shell): void {
  const { back, half, height } = shell;
  const side = stage.light.side;
  const near = 0.4;
  face(stage, [[-half, height, near], [half, height, near], [half, height, back], [-half, height, back]], room.ceiling, 0.35);
  floor(stage, room, shell);
  for (const s of [-1, 1] as const) {
    const facing = s === side ? 0.22 : 0.72;
    wallGradient(stage, [[s * half, 0, near], [s * half, height, near], [s * half, height, back], [s * half, 0, back]], { color: room.wall, from: facing * 0.55, to: facing });
    if (room.wainscot) face(stage, [[s * half, 0, near], [s * half, room.wainscot.height, near], [s * half, room.wainscot.height, back], [s * half, 0, back]], room.wainscot.color, facing);
  }
  backWall(stage, room, shell);
  corners(stage, shell);
  for (const window of shell.windows) cutWindow(stage, { ...window, z: back }, room);
  for (const window of shell.windows) sunPatch(stage, { ...window, z: back }, shell);
}

function wallGradient(stage: Stage, points: readonly Vertex[], input: { color: Rgb; from: number; to: number }): void {
  const shape = onPicture(stage, points);
  const xs = shape.map((p) => p.x);
  const { ctx, view } = stage;
  const [a, b] = [Math.max(-view.marginX, Math.min(...xs)), Math.min(view.width + view.marginX, Math.max(...xs))];
  const outerLeft = (points[0]?.[0] ?? 0) < 0;
  trace(ctx, shape);
  ctx.fillStyle = linear(stage, { x: a, y: 0 }, { x: b, y: 0 }, [
    { at: 0, color: surface(stage, input.color, { facing: outerLeft ? input.from : input.to, z: 3 }) },
    { at: 1, color: surface(stage, input.color, { facing: outerLeft ? input.to : input.from, z: 5 }) },
  ]);
  ctx.fill();
}

function floor(stage: Stage, room: Room, shell: Shell): void {
  const { ctx, view, camera } = stage;
  const far = project(camera, 0, 0, shell.back).y;
  const bottom = view.height + view.marginY;
  if (far >= bottom) return;
  ctx.save();
  trace(ctx, onPicture(stage, [[-shell.half, 0, 0.4], [shell.half, 0, 0.4], [shell.half, 0, shell.back], [-shell.half, 0, shell.back]]));
  ctx.clip();
  ctx.fillStyle = linear(stage, { x: 0, y: far }, { x: 0, y: bottom }, [
    { at: 0, color: surface(stage, room.floor, { facing: 0.8, z: shell.back }) },
    { at: 0.5, color: surface(stage, room.floor, { facing: 0.55, z: 4 }) },
    { at: 1, color: surface(stage, scale(room.floor, 0.6), { facing: 0.4, z: 1 }) },
  ]);
  ctx.fillRect(-view.marginX, far - 1, view.width + 2 * view.marginX, bottom - far + 2);
  if (room.floorKind === "boards") floorLines(stage, { color: scale(surface(stage, room.floor, { facing: 0.5, z: 4 }), 0.62), alpha: 0.55, step: 0.28, far: shell.back, across: false });
  if (room.floorKind === "tiles") floorLines(stage, { color: scale(surface(stage, room.floor, { facing: 0.5, z: 4 }), 0.6), alpha: 0.5, step: 0.5, far: shell.back, across: true });
  for (const window of shell.windows) reflection(stage, window, shell);
  ctx.restore();
}

/** The window's light lies on the floor below it. */
function reflection(stage: Stage, window: { x: number; w: number }, shell: Shell): void {
  const p = project(stage.camera, window.x, 0, shell.back);
  glow(stage, { x: p.x, y: p.y + 0.3 * p.scale }, window.w * 1.5 * p.scale, stage.light.window, 0.34);
}

function backWall(stage: Stage, room: Room, shell: Shell): void {
  const { ctx, camera } = stage;
  const { back, half, height } = shell;
  const a = project(camera, -half, height, back);
  const b = project(camera, half, 0, back);
  const side = stage.light.side;
  ctx.fillStyle = linear(stage, { x: side < 0 ? a.x : b.x, y: 0 }, { x: side < 0 ? b.x : a.x, y: 0 }, [
    { at: 0, color: surface(stage, room.wall, { facing: 0.85, z: back }) },
    { at: 0.6, color: surface(stage, room.wall, { facing: 0.5, z: back }) },
    { at: 1, color: surface(stage, scale(room.wall, 0.9), { facing: 0.3, z: back }) },
  ]);
  ctx.fillRect(a.x, a.y, b.x - a.x, b.y - a.y);
  if (room.pattern) pattern(stage, room, { x: a.x, y: a.y, w: b.x - a.x, h: b.y - a.y, metre: a.scale });
  if (room.wainscot) {
    const top = project(camera, 0, room.wainscot.height, back).y;
    ctx.fillStyle = ink(stage, surface(stage, room.wainscot.color, { facing: 0.5, z: back }));
    ctx.fillRect(a.x, top, b.x - a.x, b.y - top);
    ctx.fillStyle = ink(stage, surface(stage, scale(room.wainscot.color, 1.3), { facing: 0.7, z: back }));
    ctx.fillRect(a.x, top, b.x - a.x, Math.max(1.5, 0.03 * a.scale));
  }
  const skirting = 0.09 * a.scale;
  ctx.fillStyle = ink(stage, surface(stage, mix(room.wall, [1, 1, 1], 0.25), { facing: 0.5, z: back }));
  ctx.fillRect(a.x, b.y - skirting, b.x - a.x, skirting);
  const shade = linear(stage, { x: 0, y: a.y }, { x: 0, y: a.y + 0.9 * a.scale }, [
    { at: 0, color: [0, 0, 0], alpha: 0.34 },
    { at: 1, color: [0, 0, 0], alpha: 0 },
  ]);
  ctx.fillStyle = shade;
  ctx.fillRect(a.x, a.y, b.x - a.x, 0.9 * a.scale);
}

function pattern(stage: Stage, room: Room, b: { x: number; y: number; w: number; h: number; metre: number }): void {
  const { ctx } = stage;
  const color = surface(stage, scale(room.wall, 0.78), { facing: 0.5, z: 5 });
  ctx.save();
  ctx.beginPath();
  ctx.rect(b.x, b.y, b.w, b.h);
  ctx.clip();
  ctx.strokeStyle = ink(stage, color, 0.6);
  ctx.lineWidth = 1.3;
  const m = b.metre;
  if (room.pattern === "stripes") {
    ctx.fillStyle = ink(stage, color, 0.3);
    for (let x = b.x; x < b.x + b.w; x += 0.34 * m) ctx.fillRect(x, b.y, 0.15 * m, b.h);
  } else if (room.pattern === "brick" || room.pattern === "tiles") {
    const [w, h] = room.pattern === "brick" ? [0.26 * m, 0.09 * m] : [0.22 * m, 0.22 * m];
    ctx.beginPath();
    for (let y = b.y, row = 0; y < b.y + b.h; y += h, row++) {
      ctx.moveTo(b.x, y);
      ctx.lineTo(b.x + b.w, y);
      for (let x = b.x + (room.pattern === "brick" && row % 2 ? w / 2 : 0); x < b.x + b.w; x += w) {
        ctx.moveTo(x, y);
        ctx.lineTo(x, y + h);
      }
    }
    ctx.stroke();
  } else {
    for (let x = b.x + 0.1 * m; x < b.x + b.w; x += 1.1 * m) ctx.strokeRect(x, b.y + 0.15 * m, 0.9 * m, b.h - 0.4 * m);
  }
  ctx.restore();
}

function corners(stage: Stage, shell: Shell): void {
  const { ctx, camera } = stage;
  for (const s of [-1, 1]) {
    const top = project(camera, s * shell.half, shell.height, shell.back);
    const foot = project(camera, s * shell.half, 0, shell.back);
    const wide = 0.5 * top.scale;
    const shade = ctx.createLinearGradient(top.x - wide, 0, top.x + wide, 0);
    shade.addColorStop(0, "rgba(0,0,0,0)");
    shade.addColorStop(0.5, "rgba(0,0,0,0.26)");
    shade.addColorStop(1, "rgba(0,0,0,0)");
    ctx.fillStyle = shade;
    ctx.fillRect(top.x - wide, top.y, wide * 2, foot.y - top.y);
  }
}

function cutWindow(stage: Stage, w: { x: number; y: number; w: number; h: number; z: number }, room: Room): void {
  const { ctx, camera } = stage;
  const a = project(camera, w.x - w.w / 2, w.y + w.h, w.z);
  const b = project(camera, w.x + w.w / 2, w.y, w.z);
  const [pw, ph] = [b.x - a.x, b.y - a.y];
  const bar = Math.max(2, 0.055 * a.scale);
  const round = room.windows === "arched" ? pw / 2 : 0;
  const frame = surface(stage, mix(room.wall, [0.95, 0.93, 0.88], 0.7), { facing: 0.5, z: w.z });
  ctx.fillStyle = ink(stage, frame);
  ctx.beginPath();
  ctx.roundRect(a.x - bar, a.y - bar, pw + bar * 2, ph + bar * 2, [round + bar, round + bar, 0, 0]);
  ctx.fill();
  ctx.save();
  ctx.globalCompositeOperation = "destination-out";
  ctx.beginPath();
  ctx.roundRect(a.x, a.y, pw, ph, [round, round, 0, 0]);
  ctx.fill();
  ctx.restore();
  ctx.fillStyle = ink(stage, scale(frame, 0.8));
  const columns = Math.max(2, Math.round(w.w / 0.75));
  for (let i = 1; i < columns; i++) ctx.fillRect(a.x + (pw * i) / columns - bar * 0.35, a.y, bar * 0.7, ph);
  ctx.fillRect(a.x, a.y + ph * 0.42, pw, bar * 0.7);
  ctx.fillStyle = ink(stage, scale(frame, 1.08));
  ctx.fillRect(a.x - bar * 2, b.y, pw + bar * 4, bar * 1.3);
  glow(stage, { x: a.x + pw / 2, y: a.y + ph / 2 }, Math.max(pw, ph) * 0.95, stage.light.window, stage.light.time === "night" ? 0.12 : 0.3);
}

/** The stage, on which lamps do not fog the panes: after dark the night must be seen through them. */
export function withPanes(stage: Stage, shell: Shell): Stage {
  if (stage.light.lamps < 0.5) return stage;
  const panes = shell.windows.map((w) => {
    const a = project(stage.camera, w.x - w.w / 2, w.y + w.h, shell.back);
    const b = project(stage.camera, w.x + w.w / 2, w.y, shell.back);
    return { x: a.x, y: a.y, width: b.x - a.x, height: b.y - a.y };
  });
  return { ...stage, panes };
}

/** Slanting light from a window: a shaft in the air and its patch on the floor. Only a sun or moon throws it. */
function sunPatch(stage: Stage, w: { x: number; y: number; w: number; h: number; z: number }, shell: Shell): void {
  const { light, camera } = stage;
  if (!light.disc || light.time === "evening") return;
  const slant = -light.side * Math.min(1.6, 0.5 + shell.half * 0.3);
  const strength = light.disc.moon ? 0.16 : 0.3;
  const top: Vertex[] = [[w.x - w.w / 2, w.y + w.h, w.z], [w.x + w.w / 2, w.y + w.h, w.z]];
  const foot: Vertex[] = [[w.x + w.w / 2 + slant, 0, w.z - 1.5], [w.x - w.w / 2 + slant, 0, w.z - 1.5]];
  const a = project(camera, ...(top[0] ?? [0, 0, 1]));
  const b = project(camera, ...(foot[0] ?? [0, 0, 1]));
  const color = mix(light.disc.color, light.window, 0.3);
  softly(stage, { blur: 5, mode: "screen" }, (soft) => {
    const { ctx } = soft;
    trace(ctx, onPicture(stage, [...top, ...foot]));
    ctx.fillStyle = linear(soft, a, b, [
      { at: 0, color, alpha: strength },
      { at: 1, color, alpha: 0.03 },
    ]);
    ctx.fill();
    trace(ctx, onPicture(stage, [[w.x - w.w / 2 + slant * 0.8, 0, w.z - 0.9], [w.x + w.w / 2 + slant * 0.8, 0, w.z - 0.9], [w.x + w.w / 2 + slant * 1.5, 0, w.z - 2.4], [w.x - w.w / 2 + slant * 1.5, 0, w.z - 2.4]]));
    ctx.fillStyle = ink(stage, color, strength * 1.2);
    ctx.fill();
  });
}
