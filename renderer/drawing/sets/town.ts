import { mix, scale, type Rgb } from "../color.ts";
import { glow, project, type Stage } from "../stage.ts";
import { board, box, contact, face, type Vertex } from "./solids.ts";

/** Lit windows. */
export const LIT: Rgb = [1.1, 0.86, 0.5];

/** A parked car, seen from behind. */
export function parkedCar(stage: Stage, at: { x: number; z: number; color: Rgb }): void {
  contact(stage, { ...at, w: 2.2, d: 4 });
  const on = stage.light.lamps > 0.3;
  for (const k of [-1, 1]) for (const s of [1, -1]) box(stage, { x: at.x + s * 0.78, y: 0, z: at.z + k * 1.3, w: 0.22, h: 0.62, d: 0.62 }, [0.06, 0.06, 0.07]);
  box(stage, { x: at.x, y: 0.66, z: at.z + 0.15, w: 1.42, h: 0.68, d: 2.1 }, mix(at.color, [0.2, 0.25, 0.3], 0.6));
  box(stage, { x: at.x, y: 1.3, z: at.z + 0.15, w: 1.32, h: 0.06, d: 1.8 }, at.color);
  box(stage, { x: at.x, y: 0.3, z: at.z, w: 1.75, h: 0.5, d: 4.1 }, at.color);
  for (const s of [-1, 1]) {
    board(stage, { x: at.x + s * 0.66, y: 0.52, z: at.z - 2.06, w: 0.34, h: 0.16 }, on ? [3, 0.35, 0.3] : [0.6, 0.1, 0.1], 1);
    const p = project(stage.camera, at.x + s * 0.66, 0.6, at.z - 2.1);
    if (on) glow(stage, p, 0.8 * p.scale, [1, 0.2, 0.15], 0.5);
  }
}

/** A house with a gable towards us. */
export function house(stage: Stage, h: { x: number; z: number; w: number; wall: Rgb; roof: Rgb }): void {
  const { light } = stage;
  const high = h.w * 0.55;
  box(stage, { x: h.x, y: 0, z: h.z, w: h.w, h: high, d: h.w }, h.wall);
  const front = h.z - h.w / 2;
  const ridgeTop: Vertex = [h.x, high + h.w * 0.5, front];
  const snow = light.weather === "snow";
  face(stage, [[h.x - h.w / 2, high, front], [h.x + h.w / 2, high, front], ridgeTop], scale(h.wall, 0.95), 0.55);
  const away = h.x > 0 ? -1 : 1;
  face(stage, [[h.x + away * h.w * 0.56, high - 0.2, front], ridgeTop, [h.x, high + h.w * 0.5, h.z + h.w / 2], [h.x + away * h.w * 0.56, high - 0.2, h.z + h.w / 2]], snow ? [0.95, 0.96, 1] : h.roof, light.side === away ? 0.9 : 0.3);
  for (const s of [-1, 1]) {
    const edge: Vertex[] = [[h.x + s * h.w * 0.57, high - 0.22, front - 0.05], ridgeTop, [h.x, high + h.w * 0.5 + 0.22, front - 0.05], [h.x + s * h.w * 0.6, high - 0.05, front - 0.05]];
    face(stage, edge, snow ? [0.96, 0.97, 1] : scale(h.roof, 0.85), 0.6);
  }
  const on = light.lamps > 0.2;
  for (const s of [-0.25, 0.25]) {
    board(stage, { x: h.x + s * h.w, y: high * 0.4, z: front - 0.02, w: h.w * 0.17, h: h.w * 0.2 }, on ? [2.2, 1.7, 0.95] : [0.25, 0.3, 0.36], 0.8);
    const p = project(stage.camera, h.x + s * h.w, high * 0.5, front);
    if (on) glow(stage, p, h.w * 0.32 * p.scale, LIT, 0.4 * light.lamps);
  }
  board(stage, { x: h.x, y: 0, z: front - 0.02, w: h.w * 0.16, h: high * 0.62 }, [0.36, 0.22, 0.15]);
}
