/** What is wrong with a binary glTF file, by the rules of the specification; and what is in it, read without the renderer's own reader. */
export interface ReadGltf {
  problems: string[];
  json: {
    nodes: { name?: string; mesh?: number; skin?: number; children?: number[]; translation?: number[] }[];
    scenes: { nodes: number[] }[];
    meshes: { primitives: { attributes: Record<string, number>; indices?: number }[] }[];
    accessors: { bufferView: number; byteOffset?: number; componentType: number; count: number; type: string; min?: number[]; max?: number[] }[];
    bufferViews: { byteOffset?: number; byteLength: number; byteStride?: number }[];
    buffers: { byteLength: number }[];
    images?: { bufferView: number }[];
    skins?: { joints: number[]; inverseBindMatrices: number }[];
  };
  bin: Buffer;
  /** All numbers of an accessor. */
  numbers(accessor: number): number[];
}

const WIDTHS: Record<string, number> = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT4: 16 };
const BYTES: Record<number, number> = { 5121: 1, 5123: 2, 5125: 4, 5126: 4 };

export function readGltf(bytes: Buffer): ReadGltf {
  const problems: string[] = [];
  const must = (fine: boolean, problem: string): void => void (fine || problems.push(problem));
  must(bytes.toString("latin1", 0, 4) === "glTF" && bytes.readUInt32LE(4) === 2 && bytes.readUInt32LE(8) === bytes.length && bytes.length % 4 === 0, "header");
  const jsonLength = bytes.readUInt32LE(12);
  must(bytes.toString("latin1", 16, 20) === "JSON" && jsonLength % 4 === 0, "JSON chunk");
  const json = JSON.parse(bytes.toString("utf8", 20, 20 + jsonLength)) as ReadGltf["json"];
  const at = 20 + jsonLength;
  must(bytes.toString("latin1", at + 4, at + 8) === "BIN\0" && bytes.readUInt32LE(at) % 4 === 0 && at + 8 + bytes.readUInt32LE(at) === bytes.length, "BIN chunk");
  const bin = bytes.subarray(at + 8);
  must(json.buffers.length === 1 && bin.length - (json.buffers[0]?.byteLength ?? 0) >= 0 && bin.length - (json.buffers[0]?.byteLength ?? 0) < 4, "buffer length");
  for (const [n, view] of json.bufferViews.entries()) must((view.byteOffset ?? 0) + view.byteLength <= (json.buffers[0]?.byteLength ?? 0), `view ${n} beyond the buffer`);
  const numbers = (index: number): number[] => {
    const accessor = json.accessors[index];
    const view = json.bufferViews[accessor?.bufferView ?? -1];
    if (!accessor || !view) throw new Error(`no accessor ${index}`);
    const [width, size] = [WIDTHS[accessor.type] ?? 0, BYTES[accessor.componentType] ?? 0];
    const [start, stride] = [(view.byteOffset ?? 0) + (accessor.byteOffset ?? 0), view.byteStride ?? width * size];
    must(start % size === 0 && (accessor.byteOffset ?? 0) + stride * (accessor.count - 1) + width * size <= view.byteLength, `accessor ${index} beyond its view`);
    const read = { 5121: (p: number) => bin.readUInt8(p), 5123: (p: number) => bin.readUInt16LE(p), 5125: (p: number) => bin.readUInt32LE(p), 5126: (p: number) => bin.readFloatLE(p) }[accessor.componentType as 5126];
    return Array.from({ length: accessor.count * width }, (_, n) => read(start + Math.floor(n / width) * stride + (n % width) * size));
  };
  for (const [n, accessor] of json.accessors.entries()) {
    const values = numbers(n);
    must(values.every(Number.isFinite), `accessor ${n} holds what is no number`);
    const width = WIDTHS[accessor.type] ?? 1;
    for (const [axis, least] of (accessor.min ?? []).entries()) must(Math.fround(least) === values.reduce((low, value, at) => (at % width === axis ? Math.min(low, value) : low), Infinity), `accessor ${n} min`);
    for (const [axis, most] of (accessor.max ?? []).entries()) must(Math.fround(most) === values.reduce((high, value, at) => (at % width === axis ? Math.max(high, value) : high), -Infinity), `accessor ${n} max`);
  }
  for (const { attributes, indices } of json.meshes.flatMap((mesh) => mesh.primitives)) {
    const counts = Object.values(attributes).map((accessor) => json.accessors[accessor]?.count);
    must(new Set(counts).size === 1, "attributes of different lengths");
    must(json.accessors[attributes.POSITION ?? -1]?.min !== undefined, "positions without bounds");
    if (indices !== undefined) must(numbers(indices).every((index) => index < (counts[0] ?? 0)) && numbers(indices).length % 3 === 0, "indices");
  }
  const nodes = [...json.scenes.flatMap((scene) => scene.nodes), ...json.nodes.flatMap((node) => node.children ?? [])];
  must(nodes.every((node) => json.nodes[node] !== undefined) && new Set(nodes).size === nodes.length, "the nodes are no tree");
  return { problems, json, bin, numbers };
}
