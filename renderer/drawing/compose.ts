import type { Aspect, CharacterLook, Framing } from "../../film/film.ts";
import { SIZES } from "../model.ts";
import { skeletonOf } from "./figures/skeleton.ts";
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
  /** Metres by which it is raised, where the ground is out of the picture: a child or a dog must not be cut off. */
  lift: number;
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
  medium: { metres: 1.12, eyes: 0.33, lens: 1.9 },
  "medium-close": { metres: 0.7, eyes: 0.37, lens: 2.2 },
  close: { metres: 0.46, eyes: 0.43, lens: 2.6 },
  "extreme-close": { metres: 0.135, eyes: 0.5, lens: 3.2 },
  "over-shoulder": { metres: 0.98, eyes: 0.36, lens: 2.1 },
  insert: { metres: 0.5, eyes: 0.1, lens: 2.4 },
};

const animalHeads: Partial<Record<Actor["species"], { x: number; eyes: number }>> = {
  dog: { x: 0.32, eyes: 0.58 },
  cat: { x: 0.07, eyes: 0.36 },
  bird: { x: 0.12, eyes: 0.41 },
  horse: { x: 1.08, eyes: 1.92 },
};

/** Where a figure's eyes are: metres above its ground, and in front of its feet. */
function headOf(actor: Actor, turn: number): { x: number; eyes: number } {
  const animal = animalHeads[actor.species];
  if (animal) return animal;
  const { head, body } = skeletonOf(actor, turn);
  return actor.pose === "lying" ? { x: 0.75, eyes: 0.14 } : { x: head.x, eyes: -head.y - body.head * 0.01 };
}

/** Raises who is small into a picture that shows no ground, and puts heads where the composition wants them. */
function settled(placement: Placement, input: { eyes: number; metres: number; tight: boolean }): Placement {
  if (!input.tight) return placement;
  const head = headOf(placement.actor, placement.turn);
  const lift = Math.max(0, input.eyes - input.metres * 0.34 - head.eyes);
  return { ...placement, lift, x: placement.x - head.x * placement.facing };
}

/** Chooses lens, horizon and places so that the shot size is what it says. */
export function compose(scene: Scene, input: { aspect: Aspect; seed: number; lightSide: -1 | 1 }): Composition {
  const view = viewOf(input.aspect);
  const random = randomOf(input.seed, "compose");
  const size = sizeFor(scene, view);
  const scale = view.height / size.metres;
  const focal = size.lens * view.height;
  const subject = focal / scale;
  const tight = size.eyes !== undefined;
  const subjectActor = spokenTo(scene.actors);
  const seen = scene.framing === "extreme-close" ? scene.actors.slice(0, 1) : scene.framing === "over-shoulder" && subjectActor ? [subjectActor] : scene.actors;
  const eyes = seen.length > 0 ? Math.max(...seen.map((actor) => headOf(actor, 0.4).eyes)) : 1.5;
  const ground = size.feet !== undefined ? view.height * size.feet : view.height * (size.eyes ?? 0.4) + eyes * scale;
  const height = cameraHeight(scene, eyes, size.metres);
  const camera: Camera = { focal, centerX: view.width / 2, horizon: ground - height * scale, height, subject };
  return { view, camera, placements: place(scene, { view, scale, subject, side: input.lightSide, spread: random() }).map((p) => settled(p, { eyes, metres: size.metres, tight: tight && p.role === "subject" })) };
}

/** In a car nobody can step back: the widest picture is the one through the windscreen. */
const cabin: Partial<Record<Framing, Size>> = {
  "extreme-wide": { metres: 2.1, eyes: 0.42, lens: 1.5 },
  wide: { metres: 1.85, eyes: 0.4, lens: 1.6 },
  full: { metres: 1.55, eyes: 0.38, lens: 1.7 },
};

function inVehicle(scene: Scene): boolean {
  return scene.archetype.name === "car" || scene.archetype.name === "train";
}

function sizeFor(scene: Scene, view: View): Size {
  const base = inVehicle(scene) ? (cabin[scene.framing] ?? sizes[scene.framing]) : sizes[scene.framing];
  const portrait = view.height > view.width;
  let metres = base.metres;
  const room = scene.interior && !inVehicle(scene);
  if (room && scene.framing === "extreme-wide") metres = 6;
  if (room && scene.framing === "wide") metres = 3.5;
  const group = scene.framing === "over-shoulder" || scene.framing === "insert" ? 1 : scene.actors.length;
  // Each figure needs its width: the picture shows more of the world rather than cutting somebody off.
  const each = base.feet === undefined && (portrait || base.metres < 0.8) ? 0.38 : 0.5;
  const needed = scene.framing === "extreme-close" || group < 2 ? 0 : each * group + (base.feet === undefined ? 0.16 : 0.3);
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
  if (framing === "insert") return actors.filter(upright).slice(0, 1).map((actor) => ({ actor, x: 0, z, facing: 1, turn: 0.2, role: "hands", lift: 0 }));
  if (framing === "over-shoulder") return overShoulder(actors, { ...plan, metresWide });
  const closest = framing === "extreme-close";
  const tight = closest || framing === "close" || framing === "medium-close";
  const group = closest ? actors.slice(0, 1) : actors;
  const [first, second] = group;
  if (!first) return [];
  if (!second) {
    const portrait = plan.view.height > plan.view.width;
    const third = closest ? 0.5 : portrait ? 0.5 - plan.side * 0.04 : tight ? 0.5 - plan.side * 0.09 : 0.5 - plan.side * 0.15;
    // Most people look to the window; who does not, never does, so that the shots of one person cut together.
    const facing = hashOf(first.id) % 4 === 0 && !tight ? (-plan.side as -1 | 1) : plan.side;
    return [{ actor: first, x: at(third), z, facing, turn: closest ? 0.12 : tight ? 0.34 : 0.4 + plan.spread * 0.15, role: "subject", lift: 0 }];
  }
  if (group.length === 2) {
    const gap = framing === "extreme-wide" ? 0.07 : framing === "wide" ? 0.13 : 0.2;
    const far = plan.view.height > plan.view.width && tight ? z * 1.14 : z * 1.03;
    const middle = 0.5 - (framing === "extreme-wide" ? plan.side * 0.14 : 0);
    return [
      { actor: first, x: at(middle - gap), z, facing: 1, turn: 0.66, role: "subject", lift: 0 },
      { actor: second, x: at(middle + gap), z: far, facing: -1, turn: 0.66, role: "subject", lift: 0 },
    ];
  }
  const step = Math.min(0.72 / group.length, framing === "extreme-wide" ? 0.06 : framing === "wide" ? 0.14 : 0.3);
  return group.map((actor, i) => {
    const offset = i - (group.length - 1) / 2;
    return { actor, x: at(0.5 + offset * step), z: z * (1 + 0.1 * (i % 2)), facing: offset > 0 ? -1 : 1, turn: 0.15 + 0.4 * Math.min(1, Math.abs(offset)), role: "subject", lift: 0 };
  });
}

/** Somebody unseen, to whom a person speaks who is alone in the shot. */
const stranger: CharacterLook = { presents: "neutral", hair: "#1c1a1e", hairStyle: "short", skin: "#7d5a48", top: "#26262c", bottom: "#202024", height: 1.02, build: "medium" };

function upright(actor: Actor): boolean {
  return actor.species === "person" || actor.species === "robot";
}

/** Whose face an over-shoulder shot shows. */
function spokenTo(actors: readonly Actor[]): Actor | undefined {
  return actors.find(upright) ?? actors[0];
}

function overShoulder(actors: readonly Actor[], plan: Plan & { metresWide: number }): Placement[] {
  const subject = spokenTo(actors);
  if (!subject) return [];
  const others = actors.filter((actor) => actor !== subject);
  const narrow = plan.view.height > plan.view.width;
  const reach = plan.side * plan.metresWide;
  const towards = -plan.side as -1 | 1;
  const front: Placement = { actor: subject, x: reach * (narrow ? 0.17 : 0.13), z: plan.subject, facing: towards, turn: 0.4, role: "subject", lift: 0 };
  const listener: Actor = others.find(upright) ?? { ...subject, id: "stranger", species: "person", look: stranger, holds: null };
  const rest = others.filter((other) => other !== listener).slice(0, 2);
  // The listener is nearer, cut by the picture's edge, seen from behind, and at eye level: who sits is spoken to by who sits.
  const near = plan.subject * 0.62;
  const lift = headOf(subject, 0.4).eyes * 1.01 - headOf({ ...listener, pose: "standing" }, 0).eyes;
  return [
    ...rest.map((actor, i): Placement => ({ actor, x: reach * (0.34 + i * 0.12), z: plan.subject * 1.05, facing: towards, turn: 0.4, role: "subject", lift: 0 })),
    front,
    { actor: { ...listener, pose: "standing" }, x: -reach * (narrow ? 0.46 : 0.3) * 0.62, z: near, facing: plan.side, turn: 0.3, role: "shoulder", lift },
  ];
}
