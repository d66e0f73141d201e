import type { Picture } from "../media/sample.ts";

/** A mesh of triangles: x to the right, y up from 0, z towards the viewer. */
export interface Relief {
  positions: Float32Array;
  normals: Float32Array;
  uvs: Float32Array;
  indices: Uint32Array;
}

/** A figure of which less than this is see-through is a picture with a soft border, not a cut-out. */
const LEAST_CLEAR = 0.02;
/** How round a cut-out becomes: depth by the root of the distance to its edge, in cells. */
const ROUNDNESS = 1.5;

/** Whether a picture is a cut-out: it becomes a body with a back, where others become a plate in relief. */
export function isCutOut({ rgba }: Picture): boolean {
  let clear = 0;
  for (let n = 3; n < rgba.length; n += 4) clear += Number((rgba[n] ?? 255) < 128);
  return clear / (rgba.length / 4) > LEAST_CLEAR;
}

/** A mesh of `grid`'s pixels, `height` high: light parts of a picture stand out by up to `depth` of its height; a cut-out is puffed up. */
export function relief(grid: Picture, { height, depth }: { height: number; depth: number }): Relief {
  const cutOut = isCutOut(grid);
  const heights = cutOut ? puffed(grid) : lit(grid, depth);
  const unit = height / (grid.height - 1);
  const sides = cutOut ? [1, -1] : [1];
  const count = grid.width * grid.height;
  const cells = cellsOf(grid, cutOut);
  const mesh: Relief = { positions: new Float32Array(sides.length * count * 3), normals: new Float32Array(sides.length * count * 3), uvs: new Float32Array(sides.length * count * 2), indices: new Uint32Array(sides.length * cells.length * 6) };
  for (const [side, sign] of sides.entries()) {
    for (let n = 0; n < count; n += 1) {
      const [x, y] = [n % grid.width, Math.floor(n / grid.width)];
      const at = side * count + n;
      mesh.positions.set([(x - (grid.width - 1) / 2) * unit, (grid.height - 1 - y) * unit, sign * (heights[n] ?? 0) * unit], 3 * at);
      mesh.normals.set(normalAt(heights, { x, y, width: grid.width, height: grid.height }, sign), 3 * at);
      mesh.uvs.set([(x + 0.5) / grid.width, (y + 0.5) / grid.height], 2 * at);
    }
    for (const [cell, corner] of cells.entries()) {
      const [a, b, c, d] = [corner, corner + 1, corner + grid.width, corner + grid.width + 1].map((n) => side * count + n) as [number, number, number, number];
      // Counter-clockwise as seen from outside.
      mesh.indices.set(sign === 1 ? [a, c, b, b, c, d] : [a, b, c, b, d, c], 6 * (side * cells.length + cell));
    }
  }
  return compact(mesh);
}

/** Cells between four pixels that belong to the mesh, by their upper left pixel. */
function cellsOf({ width, height, rgba }: Picture, cutOut: boolean): number[] {
  const solid = (n: number): boolean => !cutOut || (rgba[4 * n + 3] ?? 0) >= 128;
  const cells: number[] = [];
  for (let y = 0; y < height - 1; y += 1) {
    for (let x = 0; x < width - 1; x += 1) {
      const n = y * width + x;
      if (solid(n) || solid(n + 1) || solid(n + width) || solid(n + width + 1)) cells.push(n);
    }
  }
  return cells;
}

/** Height by light, smoothed so that texture does not become spikes; in cells. */
function lit({ width, height, rgba }: Picture, depth: number): Float32Array {
  const light = Float32Array.from({ length: width * height }, (_, n) => (0.2126 * (rgba[4 * n] ?? 0) + 0.7152 * (rgba[4 * n + 1] ?? 0) + 0.0722 * (rgba[4 * n + 2] ?? 0)) / 255);
  return smoothed(light, width, height, 3).map((value) => value * depth * height);
}

/** Height by the distance to the edge, in cells: 0 outside, round inside. */
function puffed({ width, height, rgba }: Picture): Float32Array {
  const far = width + height;
  const distance = Float32Array.from({ length: width * height }, (_, n) => ((rgba[4 * n + 3] ?? 0) < 128 ? 0 : far));
  const nearer = (x: number, y: number, steps: readonly (readonly [number, number])[]): void => {
    for (const [dx, dy] of steps) {
      const inside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height;
      const from = inside ? (distance[(y + dy) * width + x + dx] ?? 0) : 0;
      distance[y * width + x] = Math.min(distance[y * width + x] ?? 0, from + Math.hypot(dx, dy));
    }
  };
  const [before, after] = [[[-1, 0], [0, -1], [-1, -1], [1, -1]], [[1, 0], [0, 1], [1, 1], [-1, 1]]] as const;
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) nearer(x, y, before);
  for (let y = height - 1; y >= 0; y -= 1) for (let x = width - 1; x >= 0; x -= 1) nearer(x, y, after);
  const round = smoothed(distance.map((cells) => ROUNDNESS * Math.sqrt(cells)), width, height, 2);
  return round.map((value, n) => ((distance[n] ?? 0) === 0 ? 0 : value));
}

function smoothed(values: Float32Array, width: number, height: number, times: number): Float32Array {
  let now = values;
  for (let time = 0; time < times; time += 1) {
    const from = now;
    now = from.map((_, n) => {
      const [x, y] = [n % width, Math.floor(n / width)];
      let [sum, count] = [0, 0];
      for (let dy = Math.max(0, y - 1); dy <= Math.min(height - 1, y + 1); dy += 1) for (let dx = Math.max(0, x - 1); dx <= Math.min(width - 1, x + 1); dx += 1) [sum, count] = [sum + (from[dy * width + dx] ?? 0), count + 1];
      return sum / count;
    });
  }
  return now;
}

function normalAt(heights: Float32Array, { x, y, width, height }: { x: number; y: number; width: number; height: number }, sign: number): [number, number, number] {
  const at = (column: number, row: number): number => heights[Math.min(height - 1, Math.max(0, row)) * width + Math.min(width - 1, Math.max(0, column))] ?? 0;
  const [nx, ny] = [(at(x - 1, y) - at(x + 1, y)) / 2, (at(x, y + 1) - at(x, y - 1)) / 2];
  const length = Math.hypot(nx, ny, 1);
  return [nx / length, ny / length, sign / length];
}

/** The same mesh without vertices that no triangle uses. */
function compact(mesh: Relief): Relief {
  const kept = [...new Set(mesh.indices)].sort((a, b) => a - b);
  const renamed = new Map(kept.map((from, to) => [from, to]));
  const pick = (values: Float32Array, width: number): Float32Array => Float32Array.from({ length: kept.length * width }, (_, n) => values[(kept[Math.floor(n / width)] ?? 0) * width + (n % width)] ?? 0);
  return { positions: pick(mesh.positions, 3), normals: pick(mesh.normals, 3), uvs: pick(mesh.uvs, 2), indices: mesh.indices.map((index) => renamed.get(index) ?? 0) };
}
