import type { GltfNode } from "./glb.ts";

/** Four by four, column by column, as glTF keeps them. */
export type Matrix = readonly number[];
export type Point = readonly [number, number, number];

const IDENTITY: Matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

export const times = (a: Matrix, b: Matrix): Matrix =>
  Array.from({ length: 16 }, (_, n) => [0, 1, 2, 3].reduce((sum, k) => sum + (a[4 * k + (n % 4)] ?? 0) * (b[4 * Math.floor(n / 4) + k] ?? 0), 0));

export const moved = (m: Matrix, [x, y, z]: Point): Point => [0, 1, 2].map((row) => (m[row] ?? 0) * x + (m[4 + row] ?? 0) * y + (m[8 + row] ?? 0) * z + (m[12 + row] ?? 0)) as unknown as Point;

export const translation = ([x, y, z]: Point): Matrix => [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1];

/** A node's own transformation. */
function localOf({ matrix, translation: move = [0, 0, 0], rotation = [0, 0, 0, 1], scale = [1, 1, 1] }: GltfNode): Matrix {
  if (matrix) return matrix;
  const [x = 0, y = 0, z = 0, w = 1] = rotation;
  const [sx = 1, sy = 1, sz = 1] = scale;
  return [
    sx * (1 - 2 * (y * y + z * z)), sx * 2 * (x * y + z * w), sx * 2 * (x * z - y * w), 0,
    sy * 2 * (x * y - z * w), sy * (1 - 2 * (x * x + z * z)), sy * 2 * (y * z + x * w), 0,
    sz * 2 * (x * z + y * w), sz * 2 * (y * z - x * w), sz * (1 - 2 * (x * x + y * y)), 0,
    move[0] ?? 0, move[1] ?? 0, move[2] ?? 0, 1,
  ];
}

/** The transformation of every node to the scene, by number; a node that the scene does not reach is not in it. */
export function worldOf(nodes: readonly GltfNode[], roots: readonly number[]): Map<number, Matrix> {
  const world = new Map<number, Matrix>();
  const waiting = roots.map((node) => ({ node, above: IDENTITY }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const own = nodes[next.node];
    // A node that is reached twice is a circle: the format allows none.
    if (!own || world.has(next.node)) continue;
    const here = times(next.above, localOf(own));
    world.set(next.node, here);
    for (const child of own.children ?? []) waiting.push({ node: child, above: here });
  }
  return world;
}
