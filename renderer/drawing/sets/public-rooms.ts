import { mix, type Rgb } from "../color.ts";
import { glow, ink, project, type Stage } from "../stage.ts";
import type { ArchetypeName } from "./archetypes.ts";
import { bed, chair, door, monitor, pendant, shelf, standingLamp, stool, table } from "./furniture.ts";
import type { Interior } from "./interiors.ts";
import { dim, plainRoom, WHITE } from "./room.ts";
import { board, box } from "./solids.ts";

const DARK: Rgb = [0.25, 0.17, 0.12];

/** Rooms in which people are guests. */
export const publicRooms = {
  bar: {
    room: { ...plainRoom, wall: [0.36, 0.2, 0.17], floor: [0.26, 0.17, 0.12], ceiling: [0.2, 0.14, 0.12], windows: "one", depth: 2.4, wainscot: { height: 1, color: [0.26, 0.15, 0.09] } },
    mid(stage, s) {
      shelf(stage, { x: dim(stage, s, 0.36), z: s.back - 0.15, y: 1.15, w: s.seen * 1.05, h: 1.15, rows: 3, holds: "bottles", color: [0.34, 0.2, 0.12] });
      const p = project(stage.camera, dim(stage, s, 0.36), 1.7, s.back);
      glow(stage, p, s.seen * 0.9 * p.scale, [1, 0.62, 0.26], 0.26);
      box(stage, { x: 0, y: 0, z: s.back - 1, w: s.half * 1.8, h: 1.04, d: 0.5 }, [0.36, 0.2, 0.11]);
      box(stage, { x: 0, y: 1.04, z: s.back - 1, w: s.half * 1.86, h: 0.07, d: 0.62 }, [0.52, 0.31, 0.17]);
      for (const k of [-0.6, -0.1, 0.45]) pendant(stage, { x: k * s.seen, z: s.back - 1, y: 1.95, top: s.height, color: [0.14, 0.26, 0.2] });
      neon(stage, { x: dim(stage, s, 0.6), y: 2.35, z: s.back - 0.02 });
    },
    near(stage, s) {
      for (const k of [-0.8, -0.35, 0.2, 0.7]) stool(stage, { x: k * s.seen, z: s.back - 1.55 });
    },
  },
  cafe: {
    room: { ...plainRoom, wall: [0.7, 0.52, 0.4], floor: [0.62, 0.54, 0.46], floorKind: "tiles", windows: "wide", depth: 2.6, wainscot: { height: 0.78, color: [0.2, 0.34, 0.32] } },
    mid(stage, s) {
      for (const k of [-0.5, 0.5]) pendant(stage, { x: k * s.seen, z: s.back - 0.9, y: 1.9, top: s.height, color: [0.85, 0.68, 0.3] });
      for (const k of [-0.62, 0.3]) {
        table(stage, { x: k * s.seen, z: s.back - 0.6 }, { w: 0.8, d: 0.7, color: [0.5, 0.33, 0.2] });
        chair(stage, { x: k * s.seen + 0.62, z: s.back - 0.6 }, [0.66, 0.28, 0.2]);
        box(stage, { x: k * s.seen, y: 0.75, z: s.back - 0.7, w: 0.09, h: 0.09, d: 0.09 }, WHITE);
      }
    },
    near(stage) {
      table(stage, { x: 0, z: stage.camera.subject + 0.55 }, { w: 0.95, d: 0.6, color: [0.56, 0.38, 0.24] });
      for (const k of [-0.2, 0.22]) box(stage, { x: k, y: 0.75, z: stage.camera.subject + 0.5, w: 0.09, h: 0.1, d: 0.09 }, WHITE);
    },
  },
  restaurant: {
    room: { ...plainRoom, wall: [0.5, 0.22, 0.2], floor: [0.34, 0.2, 0.14], windows: "row", depth: 2.8, wainscot: { height: 0.9, color: [0.32, 0.2, 0.13] } },
    mid(stage, s) {
      for (const k of [-0.62, 0, 0.62]) {
        table(stage, { x: k * s.seen, z: s.back - 0.8 }, { w: 0.9, d: 0.7, color: WHITE });
        standingLamp(stage, { x: k * s.seen, z: s.back - 0.8, y: 0.75, h: 0.25 });
        chair(stage, { x: k * s.seen + 0.66, z: s.back - 0.8 }, DARK);
      }
    },
    near(stage) {
      table(stage, { x: 0, z: stage.camera.subject + 0.5 }, { w: 1, d: 0.6, color: WHITE });
      standingLamp(stage, { x: 0, z: stage.camera.subject + 0.6, y: 0.75, h: 0.22 });
    },
  },
  corridor: {
    room: { ...plainRoom, wall: [0.62, 0.64, 0.58], floor: [0.5, 0.5, 0.48], floorKind: "tiles", windows: "one", depth: 7, narrow: 0.32, wainscot: { height: 1, color: [0.36, 0.46, 0.44] } },
    mid(stage, s) {
      door(stage, { x: dim(stage, s, 0.5), z: s.back - 0.01, color: [0.36, 0.3, 0.26], glass: true });
      for (let z = s.back - 1; z > 1.4; z -= 1.9) for (const k of [-1, 1]) {
        box(stage, { x: k * (s.half + 0.04), y: 0, z, w: 0.1, h: 2.1, d: 0.95 }, [0.44, 0.33, 0.25]);
      }
      for (let z = s.back - 0.6; z > 1.6; z -= 1.9) {
        const p = project(stage.camera, 0, s.height - 0.02, z);
        box(stage, { x: 0, y: s.height - 0.06, z, w: 0.7, h: 0.05, d: 0.25 }, [1.3, 1.3, 1.2]);
        glow(stage, p, 0.95 * p.scale, [0.95, 0.97, 0.85], 0.3 + 0.25 * stage.light.lamps);
      }
    },
  },
  hospital: {
    room: { ...plainRoom, wall: [0.74, 0.82, 0.8], floor: [0.68, 0.74, 0.74], floorKind: "tiles", wainscot: { height: 1.05, color: [0.52, 0.7, 0.68] } },
    mid(stage, s) {
      const x = dim(stage, s, 0.36);
      bed(stage, { x, z: s.back - 1.1 }, [0.72, 0.85, 0.88]);
      box(stage, { x: x - 1.0, y: 0, z: s.back - 0.6, w: 0.04, h: 1.9, d: 0.04 }, [0.75, 0.77, 0.8]);
      box(stage, { x: x - 1.0, y: 1.55, z: s.back - 0.6, w: 0.16, h: 0.3, d: 0.05 }, [0.8, 0.92, 0.95]);
      monitor(stage, { x: x + 1.15, z: s.back - 0.4, y: 1.2, w: 0.5 });
      board(stage, { x: dim(stage, s, 0.92), y: 0.2, z: s.back - 0.9, w: 0.9, h: 1.9 }, [0.5, 0.72, 0.72]);
      const p = project(stage.camera, 0, s.height - 0.03, s.back - 1);
      box(stage, { x: 0, y: s.height - 0.06, z: s.back - 1, w: 1.3, h: 0.05, d: 0.3 }, [1.3, 1.3, 1.25]);
      glow(stage, p, 1.6 * p.scale, [0.9, 1, 0.98], 0.4);
    },
  },
} satisfies Partial<Record<ArchetypeName, Interior>>;

/** A tube of coloured light bent into a sign without words. */
function neon(stage: Stage, at: { x: number; y: number; z: number }): void {
  const { ctx } = stage;
  const p = project(stage.camera, at.x, at.y, at.z);
  const color: Rgb = [1, 0.3, 0.42];
  glow(stage, p, 0.9 * p.scale, color, 0.7);
  ctx.strokeStyle = ink(stage, mix(color, [1.2, 1, 1], 0.5));
  ctx.lineWidth = Math.max(1.5, 0.035 * p.scale);
  ctx.beginPath();
  ctx.ellipse(p.x, p.y, 0.42 * p.scale, 0.17 * p.scale, 0, 0, Math.PI * 2);
  ctx.moveTo(p.x - 0.16 * p.scale, p.y - 0.09 * p.scale);
  ctx.lineTo(p.x, p.y + 0.08 * p.scale);
  ctx.lineTo(p.x + 0.16 * p.scale, p.y - 0.09 * p.scale);
  ctx.stroke();
}
