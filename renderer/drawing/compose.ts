import type { Aspect, Framing } from "../../film/film.ts";
import { SIZES } from "../model.ts";
import { hashOf, randomOf } from "./random.ts";
import type { Actor, Scene } from "./scene.ts";
import type { Camera, View } from "./stage.ts";

/** How far every plane reaches beyond the picture, as a share of its width and height on each side. */
export const OVERSCAN = 0.1;

export function viewOf(aspect: Aspect): View {
  const { width, height } = SIZES[aspect];
  return { width, height, marginX: Math.round(width * OVERSCAN), marginY: Math.round(height * OVERSCAN) };
}

/** Where a figure stands in the picture. */
export interface Placement {
  actor: Actor;
  /** Feet (or seat) on the ground: metres right of the optical axis, and from the camera. */
  x: number;
  z: number;
  /** Which way it looks in the picture: -1 left, 1 right. */
  facing: -1 | 1;
  /** 0 towards us to 1 in profile. */
  turn: number;
  role: "subject" | "shoulder" | "hands";
}

export interface Composition {
  view: View;
  camera: Camera;
  placements: Placement[];
}

interface Size {
  /** Metres of the world that the picture's height shows at the subject. */
  metres: number;
  /** Eyes (or, where the feet show, feet) as a share of the height from the top. */
  eyes?: number;
  feet?: number;
  /** Focal length in picture heights. */
  lens: number;
}

const sizes: Record<Framing, Size> = {
  "extreme-wide": { metres: 11.5, feet: 0.84, lens: 1.25 },
  wide: { metres: 4.3, feet: 0.87, lens: 1.35 },
  full: { metres: 2.25, feet: 0.93, lens: 1.6 },
  medium: { metres: 1.2, eyes: 0.33, lens: 1.9 },
  "medium-close": { metres: 0.82, eyes: 0.36, lens: 2.2 },
  close: { metres: 0.5, eyes: 0.42, lens: 2.6 },
  "extreme-close": { metres: 0.15, eyes: 0.45, lens: 3.2 },
  "over-shoulder": { metres: 0.98, eyes: 0.36, lens: 2.1 },
  insert: { metres: 0.5, eyes: 0.1, lens: 2.4 },
};

/** Height of the eyes above the ground, in metres, in this pose. */
export function eyeHeight(actor: Actor): number {
  const standing = 1.75 * actor.look.height;
  if (actor.species === "dog") return 0.58;
  if (actor.species === "cat") return 0.3;
  if (actor.species === "bird") return 0.42;
  if (actor.species === "horse") return 1.75;
  const share = actor.pose === "sitting" ? 0.705 : actor.pose === "crouching" ? 0.56 : actor.pose === "lying" ? 0.22 : 0.93;
  return standing * share;
}

/** Chooses lens, horizon and places so that the shot size is what it says. */
export function compose(scene: Scene, input: { aspect: Aspect; seed: number; lightSide: -1 | 1 }): Composition {
  const view = viewOf(input.aspect);
  const random = randomOf(input.seed, "compose");
  const size = sizeFor(scene, view);
  const scale = view.height / size.metres;
  const focal = size.lens * view.height;
  const subject = focal / scale;
  const eyes = scene.actors[0] ? eyeHeight(scene.actors[0]) : 1.5;
  const ground = size.feet !== undefined ? view.height * size.feet : view.height * (size.eyes ?? 0.4) + eyes * scale;
  const height = cameraHeight(scene, eyes, size.metres);
  const camera: Camera = { focal, centerX: view.width / 2, horizon: ground - height * scale, height, subject };
  return { view, camera, placements: place(scene, { view, scale, subject, side: input.lightSide, spread: random() }) };
}

function sizeFor(scene: Scene, view: View): Size {
  const base = sizes[scene.framing];
  const portrait = view.height > view.width;
  let metres = base.metres;
  if (scene.interior && scene.framing === "extreme-wide") metres = 6.4;
  const group = scene.framing === "over-shoulder" || scene.framing === "insert" ? 1 : scene.actors.length;
  // Each figure needs its width: the picture shows more of the world rather than cutting somebody off.
  const needed = scene.framing === "extreme-close" || group < 2 ? 0 : (group === 2 ? 0.52 : 0.5) * group + (base.feet === undefined ? 0.18 : 0.3);
  metres = Math.max(metres, (needed * view.height) / view.width);
  if (portrait && base.feet === undefined) metres *= scene.framing === "extreme-close" ? 1.25 : 1.3;
  const subject = scene.actors[0];
  if (subject && group === 1 && subject.species === "person" && base.feet === undefined) metres *= Math.max(0.62, Math.min(1.15, subject.look.height ** 0.7));
  if (subject && ["dog", "cat", "bird"].includes(subject.species) && base.feet === undefined && group === 1) metres *= 0.8;
  return { ...base, metres };
}

function cameraHeight(scene: Scene, eyes: number, metres: number): number {
  const wide = metres > 6;
  if (scene.angle === "low") return wide ? 0.7 : Math.max(0.25, eyes * 0.45);
  if (scene.angle === "high") return wide ? 6.5 : eyes * 1.55;
  if (wide && !scene.interior) return 2.6;
  if (metres > 1.6) return scene.interior ? 1.42 : 1.3;
  return Math.max(0.35, eyes * 0.98);
}

interface Plan {
  view: View;
  scale: number;
  subject: number;
  side: -1 | 1;
  spread: number;
}

function place(scene: Scene, plan: Plan): Placement[] {
  const { actors, framing } = scene;
  const metresWide = plan.view.width / plan.scale;
  const at = (share: number): number => (share - 0.5) * metresWide;
  const z = plan.subject;
  if (framing === "insert") return actors.slice(0, 1).map((actor) => ({ actor, x: 0, z, facing: 1, turn: 0.2, role: "hands" }));
  if (framing === "over-shoulder") return overShoulder(actors, { ...plan, metresWide });
  const closest = framing === "extreme-close";
  const tight = closest || framing === "close";
  const group = closest ? actors.slice(0, 1) : actors;
  const [first, second] = group;
  if (!first) return [];
  if (!second) {
    const portrait = plan.view.height > plan.view.width;
    const third = closest ? 0.5 : portrait ? 0.5 - plan.side * 0.04 : tight ? 0.5 - plan.side * 0.09 : 0.5 - plan.side * 0.15;
    // Most people look to the window; who does not, never does, so that the shots of one person cut together.
    const facing = hashOf(first.id) % 4 === 0 && !tight ? (-plan.side as -1 | 1) : plan.side;
    return [{ actor: first, x: at(third), z, facing, turn: closest ? 0.12 : tight ? 0.34 : 0.4 + plan.spread * 0.15, role: "subject" }];
  }
  if (group.length === 2) {
    const gap = framing === "extreme-wide" ? 0.07 : framing === "wide" ? 0.13 : 0.2;
    const far = framing === "extreme-wide" || framing === "wide" ? z * 1.04 : z * 1.02;
    const middle = 0.5 - (framing === "extreme-wide" ? plan.side * 0.14 : 0);
    return [
      { actor: first, x: at(middle - gap), z, facing: 1, turn: 0.66, role: "subject" },
      { actor: second, x: at(middle + gap), z: far, facing: -1, turn: 0.66, role: "subject" },
    ];
  }
  const step = Math.min(0.72 / group.length, framing === "extreme-wide" ? 0.06 : framing === "wide" ? 0.14 : 0.3);
  return group.map((actor, i) => {
    const offset = i - (group.length - 1) / 2;
    return { actor, x: at(0.5 + offset * step), z: z * (1 + 0.1 * (i % 2)), facing: offset > 0 ? -1 : 1, turn: 0.15 + 0.4 * Math.min(1, Math.abs(offset)), role: "subject" };
  });
}

function overShoulder(actors: readonly Actor[], plan: Plan & { metresWide: number }): Placement[] {
  const [subject, listener] = actors;
  if (!subject) return [];
  const narrow = plan.view.height > plan.view.width;
  const reach = plan.side * plan.metresWide;
  const front: Placement = { actor: subject, x: reach * (narrow ? 0.1 : 0.13), z: plan.subject, facing: -plan.side as -1 | 1, turn: 0.4, role: "subject" };
  const back: Actor = listener ?? { ...subject, id: `${subject.id} listener`, pose: "standing", holds: null };
  // The listener stands nearer, cut by the picture's edge, and is seen from behind.
  const near = plan.subject * 0.62;
  return [front, { actor: { ...back, pose: "standing" }, x: -reach * (narrow ? 0.26 : 0.3) * 0.62, z: near, facing: plan.side, turn: 0.3, role: "shoulder" }];
}
