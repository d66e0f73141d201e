import { InputError } from "../model.ts";
import type { Point } from "./matrix.ts";

/** A joint of a skeleton, in the scene. */
export interface Joint {
  name: string;
  parent: number | null;
  at: Point;
  /** Where its bone ends. */
  to: Point;
}

/** Heights of a grown-up's joints as parts of the whole. */
const HEIGHTS = { hips: 0.53, spine: 0.6, chest: 0.7, shoulders: 0.81, neck: 0.85, head: 0.89, hands: 0.46, knees: 0.285, ankles: 0.045 } as const;
/** A figure that stands is higher than this part of what its arms span. */
const LEAST_UPRIGHT = 0.8;
const LEAST_VERTICES = 50;
/** Arms that reach out less than this part of the height hang: what is outermost is then an elbow or a skirt. */
const LEAST_REACH = 0.24;

/** Fits a skeleton of 17 joints, named as VRM names them, into a standing figure that faces +z: heights by proportion, widths by slices of the figure itself. */
export function fitSkeleton(points: readonly Point[]): Joint[] {
  if (points.length < LEAST_VERTICES) throw new InputError("the mesh is no figure: it has fewer than 50 vertices");
  const box = [0, 1, 2].map((axis) => points.reduce(([low, high], point) => [Math.min(low, point[axis] ?? 0), Math.max(high, point[axis] ?? 0)] as const, [Infinity, -Infinity] as readonly [number, number]));
  const [[left, right], [floor, top], [back, front]] = box as [readonly [number, number], readonly [number, number], readonly [number, number]];
  const height = top - floor;
  if (!(height > 0) || height < LEAST_UPRIGHT * Math.max(right - left, front - back)) throw new InputError("the mesh is no standing figure: it has to be higher than wide, with y up");
  const y = (part: number): number => floor + part * height;
  const slice = (part: number, near = 0.025): Point[] => points.filter((point) => Math.abs(point[1] - y(part)) < near * height);
  const mean = (of: readonly Point[], axis: 0 | 1 | 2, otherwise: number): number => (of.length === 0 ? otherwise : of.reduce((sum, point) => sum + point[axis], 0) / of.length);
  const centre = mean(slice(HEIGHTS.chest, 0.06), 0, (left + right) / 2);
  const depth = (part: number): number => mean(slice(part), 2, (back + front) / 2);
  const middle = (part: number): Point => [centre, y(part), depth(part)];
  const joints: Joint[] = [];
  const add = (name: string, parent: number | null, at: Point, to: Point): number => joints.push({ name, parent, at, to }) - 1;
  const hips = add("hips", null, middle(HEIGHTS.hips), middle(HEIGHTS.spine));
  const spine = add("spine", hips, middle(HEIGHTS.spine), middle(HEIGHTS.chest));
  const chest = add("chest", spine, middle(HEIGHTS.chest), middle(HEIGHTS.neck));
  const neck = add("neck", chest, middle(HEIGHTS.neck), middle(HEIGHTS.head));
  add("head", neck, middle(HEIGHTS.head), [centre, top, depth(0.95)]);
  // Facing +z, the figure's left is at +x.
  for (const [side, sign] of [["left", 1], ["right", -1]] as const) {
    const outward = (point: Point): number => sign * (point[0] - centre);
    const beside = (of: readonly Point[]): Point[] => of.filter((point) => outward(point) > 0);
    const reaching = outermost(beside(points.filter((point) => point[1] > y(0.35) && point[1] < y(0.9))), outward);
    const held = reaching !== null && outward(reaching) > LEAST_REACH * height;
    const hanging: Point = [outermost(beside(slice(HEIGHTS.hands)), outward)?.[0] ?? centre + sign * 0.12 * height, y(HEIGHTS.hands), depth(HEIGHTS.hands)];
    const hand = held ? reaching : hanging;
    const edge = outermost(beside(slice(HEIGHTS.shoulders)), outward);
    const shoulder: Point = [centre + sign * Math.min(0.11 * height, 0.75 * (edge ? outward(edge) : 0.14 * height)), y(HEIGHTS.shoulders), depth(HEIGHTS.shoulders)];
    const elbow = between(shoulder, hand, 0.48);
    const wrist = between(shoulder, hand, 0.87);
    const upper = add(`${side}UpperArm`, chest, shoulder, elbow);
    const lower = add(`${side}LowerArm`, upper, elbow, wrist);
    add(`${side}Hand`, lower, wrist, hand);
    const leg = (part: number, otherwise: number): Point => {
      const here = beside(slice(part)).filter((point) => outward(point) < 0.2 * height);
      return [mean(here, 0, centre + sign * otherwise), y(part), mean(here, 2, depth(part))];
    };
    const ankle = leg(HEIGHTS.ankles, 0.06 * height);
    const knee = leg(HEIGHTS.knees, 0.06 * height);
    const hip: Point = [centre + sign * 0.055 * height, y(HEIGHTS.hips - 0.02), depth(HEIGHTS.hips)];
    const thigh = add(`${side}UpperLeg`, hips, hip, knee);
    const shin = add(`${side}LowerLeg`, thigh, knee, ankle);
    add(`${side}Foot`, shin, ankle, [ankle[0], floor, ankle[2] + 0.08 * height]);
  }
  return joints;
}

/** The point farthest out, as the mean of the outermost few, so that one stray vertex decides nothing. */
function outermost(points: readonly Point[], outward: (point: Point) => number): Point | null {
  const farthest = points.toSorted((a, b) => outward(b) - outward(a)).slice(0, Math.max(3, Math.floor(points.length * 0.01)));
  if (farthest.length < 3) return null;
  return [0, 1, 2].map((axis) => farthest.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / farthest.length) as unknown as Point;
}

const between = (a: Point, b: Point, part: number): Point => [0, 1, 2].map((axis) => (a[axis] ?? 0) + ((b[axis] ?? 0) - (a[axis] ?? 0)) * part) as unknown as Point;

/** How sharply a bone's hold fades with distance. */
const FALLOFF = 4;

/** Which four joints hold each point, and how much: by the distance to their bones. Weights of a point add up to 1. */
export function skinWeights(points: readonly Point[], joints: readonly Joint[]): { joints: Uint8Array; weights: Float32Array } {
  const held = new Uint8Array(points.length * 4);
  const weights = new Float32Array(points.length * 4);
  const centre = joints[0]?.at[0] ?? 0;
  for (const [n, point] of points.entries()) {
    const nearest = joints.map((joint, index) => ({ index, hold: 1 / (reach(point, joint, centre) ** FALLOFF + 1e-9) })).sort((a, b) => b.hold - a.hold).slice(0, 4);
    const sum = nearest.reduce((total, { hold }) => total + hold, 0);
    for (const [k, { index, hold }] of nearest.entries()) [held[4 * n + k], weights[4 * n + k]] = [index, hold / sum];
  }
  return { joints: held, weights };
}

/** Distance to a bone; a limb of the other side is taken for twice as far, so that one leg does not pull the other. */
function reach(point: Point, { at, to, name }: Joint, centre: number): number {
  const along = [0, 1, 2].map((axis) => (to[axis] ?? 0) - (at[axis] ?? 0));
  const from = [0, 1, 2].map((axis) => (point[axis] ?? 0) - (at[axis] ?? 0));
  const length = along.reduce((sum, value) => sum + value * value, 0);
  const part = Math.min(1, Math.max(0, along.reduce((sum, value, axis) => sum + value * (from[axis] ?? 0), 0) / (length || 1)));
  const away = Math.hypot(...from.map((value, axis) => value - part * (along[axis] ?? 0)));
  const side = name.startsWith("left") ? 1 : name.startsWith("right") ? -1 : 0;
  return side * (point[0] - centre) < 0 ? 2 * away + 1e-3 : away;
}
