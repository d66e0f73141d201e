import type { Actor, Pose } from "../scene.ts";
import type { Point } from "../stage.ts";

/** Body measures in metres; a figure is drawn looking right, feet at y 0, head at negative y. */
export interface Body {
  height: number;
  head: number;
  shoulder: number;
  chest: number;
  waist: number;
  hip: number;
  /** Thickness of arms and legs, relative to an average adult. */
  limb: number;
  child: boolean;
  woman: boolean;
}

export interface Skeleton {
  body: Body;
  hip: Point;
  neck: Point;
  head: Point;
  /** Radians by which the trunk leans forward, and the head tilts. */
  lean: number;
  tilt: number;
  nearArm: readonly [Point, Point, Point];
  farArm: readonly [Point, Point, Point];
  nearLeg: readonly [Point, Point, Point];
  farLeg: readonly [Point, Point, Point];
}

interface PoseAngles {
  /** Height of the hip as a share of the body's height. */
  hip: number;
  lean: number;
  tilt: number;
  /** Upper and lower limb, radians from hanging straight down, positive to the front. */
  nearArm: readonly [number, number];
  farArm: readonly [number, number];
  nearLeg: readonly [number, number];
  farLeg: readonly [number, number];
}

const angles: Record<Pose, PoseAngles> = {
  standing: { hip: 0.5, lean: 0, tilt: 0, nearArm: [-0.13, 0.12], farArm: [0.13, 0.22], nearLeg: [-0.06, -0.03], farLeg: [0.06, 0.03] },
  walking: { hip: 0.485, lean: 0.06, tilt: 0, nearArm: [-0.48, -0.12], farArm: [0.45, 0.85], nearLeg: [0.44, 0.1], farLeg: [-0.3, -0.68] },
  running: { hip: 0.475, lean: 0.28, tilt: -0.12, nearArm: [-0.95, 0.45], farArm: [0.75, 2.05], nearLeg: [1.0, -0.22], farLeg: [-0.42, -1.38] },
  sitting: { hip: 0.275, lean: 0.03, tilt: 0.02, nearArm: [0.22, 1.1], farArm: [0.42, 1.2], nearLeg: [1.42, 0.04], farLeg: [1.32, 0.16] },
  lying: { hip: 0.5, lean: 0, tilt: 0, nearArm: [-0.1, 0.2], farArm: [0.3, 0.6], nearLeg: [0.04, 0], farLeg: [0.22, -0.12] },
  pointing: { hip: 0.5, lean: 0.03, tilt: 0, nearArm: [-0.16, 0.1], farArm: [1.45, 1.55], nearLeg: [-0.1, -0.05], farLeg: [0.12, 0.05] },
  holding: { hip: 0.5, lean: 0.02, tilt: 0.1, nearArm: [0.1, 1.75], farArm: [0.2, 1.55], nearLeg: [-0.06, -0.03], farLeg: [0.06, 0.03] },
  crouching: { hip: 0.2, lean: 0.5, tilt: -0.25, nearArm: [0.55, 1.15], farArm: [0.75, 1.35], nearLeg: [1.95, -0.5], farLeg: [1.15, -0.95] },
  reaching: { hip: 0.5, lean: 0.1, tilt: 0, nearArm: [-0.1, 0.3], farArm: [1.0, 1.42], nearLeg: [-0.12, -0.1], farLeg: [0.14, 0.05] },
  "arms-crossed": { hip: 0.5, lean: -0.02, tilt: 0.03, nearArm: [-0.02, 1.72], farArm: [0.12, -1.62], nearLeg: [-0.07, -0.03], farLeg: [0.08, 0.03] },
  "hands-up": { hip: 0.5, lean: 0, tilt: -0.08, nearArm: [-2.35, -2.85], farArm: [2.35, 2.85], nearLeg: [-0.1, -0.05], farLeg: [0.1, 0.05] },
  phoning: { hip: 0.5, lean: 0, tilt: -0.06, nearArm: [-1.35, 2.3], farArm: [0.2, 0.5], nearLeg: [-0.06, -0.03], farLeg: [0.06, 0.03] },
};

/** Proportions by who it is: a child has a larger head on narrower shoulders, a broad person more of everything but height. */
export function bodyOf(actor: Actor): Body {
  const { look } = actor;
  const height = 1.75 * Math.min(1.35, Math.max(0.4, look.height));
  const child = look.presents === "child" || look.height < 0.75;
  const woman = look.presents === "woman";
  const girth = look.build === "broad" ? 1.2 : look.build === "slim" ? 0.88 : 1;
  const head = height / (child ? 5.4 : 7.1);
  return {
    height,
    head,
    shoulder: height * (child ? 0.108 : woman ? 0.112 : 0.13) * (0.55 + 0.45 * girth),
    chest: height * (woman ? 0.088 : 0.098) * girth,
    waist: height * (woman ? 0.07 : 0.086) * (child ? 1.08 : 1) * girth ** 1.3,
    hip: height * (woman ? 0.096 : 0.086) * girth,
    limb: (child ? 0.92 : woman ? 0.88 : 1) * (0.4 + 0.6 * girth) * height,
    child,
    woman,
  };
}

function swing(from: Point, angle: number, length: number): Point {
  return { x: from.x + Math.sin(angle) * length, y: from.y + Math.cos(angle) * length };
}

/** Joint positions of a body in a pose. `turn` 0 sees it from the front, 1 from the side. */
export function skeletonOf(actor: Actor, turn: number): Skeleton {
  const body = bodyOf(actor);
  const pose = angles[actor.pose];
  const { height } = body;
  const trunk = height * (body.child ? 0.29 : 0.325);
  const hip: Point = { x: actor.pose === "sitting" ? -height * 0.06 : 0, y: -height * pose.hip };
  const up = (x: number, y: number): Point => ({
    x: hip.x + x * Math.cos(pose.lean) + y * Math.sin(pose.lean),
    y: hip.y + x * Math.sin(pose.lean) - y * Math.cos(pose.lean),
  });
  const frontal = 1 - 0.55 * turn;
  const nearShoulder = up(-body.shoulder * 0.83 * frontal, trunk - height * 0.05);
  const farShoulder = up(body.shoulder * 0.83 * frontal, trunk - height * 0.05);
  const spread = body.hip * 0.5 * frontal;
  const chain = (from: Point, bend: readonly [number, number], lengths: readonly [number, number]): readonly [Point, Point, Point] => {
    const middle = swing(from, bend[0], lengths[0] * height);
    return [from, middle, swing(middle, bend[1], lengths[1] * height)];
  };
  const leg = body.child ? 0.93 : 1;
  return {
    body,
    hip,
    neck: up(0, trunk),
    head: up(height * 0.012 * turn + Math.sin(pose.tilt) * 0.02 * height, trunk + height * (body.child ? 0.01 : 0.026) + body.head * 0.5),
    lean: pose.lean,
    tilt: pose.lean * 0.35 + pose.tilt,
    nearArm: chain(nearShoulder, pose.nearArm, [0.17, 0.15]),
    farArm: chain(farShoulder, pose.farArm, [0.17, 0.15]),
    nearLeg: chain({ x: hip.x - spread, y: hip.y }, pose.nearLeg, [0.245 * leg, 0.225 * leg]),
    farLeg: chain({ x: hip.x + spread, y: hip.y }, pose.farLeg, [0.245 * leg, 0.225 * leg]),
  };
}
