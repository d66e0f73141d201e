import { InputError } from "../model.ts";
import { FLOAT, type Glb } from "./glb.ts";
import type { Point } from "./matrix.ts";

const POINT_BYTES = 12;

/** The points of an accessor. Throws `InputError` where it is none of three floats, or reaches beyond what is there. */
export function readPoints({ gltf, bin }: Glb, index: number | undefined): Point[] {
  const accessor = gltf.accessors?.[index ?? -1];
  const view = gltf.bufferViews?.[accessor?.bufferView ?? -1];
  if (!accessor || !view || accessor.sparse !== undefined || accessor.componentType !== FLOAT || accessor.type !== "VEC3") throw new InputError("the mesh keeps its points in a way that is not known here: they have to be three floats each");
  const stride = view.byteStride ?? POINT_BYTES;
  const start = (view.byteOffset ?? 0) + (accessor.byteOffset ?? 0);
  const end = start + stride * (accessor.count - 1) + POINT_BYTES;
  const whole = [accessor.count, stride, start].every(Number.isInteger) && accessor.count > 0 && stride >= POINT_BYTES && start >= 0;
  if (!whole || end > bin.length) throw new InputError("the mesh is damaged: its points reach beyond its end");
  const points = Array.from({ length: accessor.count }, (_, n): Point => [0, 4, 8].map((offset) => bin.readFloatLE(start + n * stride + offset)) as unknown as Point);
  if (!points.every((point) => point.every(Number.isFinite))) throw new InputError("the mesh is damaged: a point of it is nowhere");
  return points;
}
