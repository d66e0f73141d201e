import { z } from "zod";
import { InputError } from "../model.ts";

const MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const BIN_CHUNK = 0x004e4942;

export const FLOAT = 5126;
const UNSIGNED_INT = 5125;
const UNSIGNED_BYTE = 5121;

const index = z.int().min(0);
const numbers = (count: number) => z.array(z.number()).length(count).optional();

const node = z.looseObject({ name: z.string().optional(), mesh: index.optional(), skin: index.optional(), children: z.array(index).optional(), translation: numbers(3), rotation: numbers(4), scale: numbers(3), matrix: numbers(16) });
const accessor = z.looseObject({ bufferView: index.optional(), byteOffset: index.optional(), componentType: z.int(), count: index, type: z.string(), min: z.array(z.number()).optional(), max: z.array(z.number()).optional() });
const view = z.looseObject({ buffer: index, byteOffset: index.optional(), byteLength: index, byteStride: index.optional(), target: z.int().optional() });

/** glTF 2.0, as much of it as is read or written here; the rest of a file is kept as it is. */
const description = z.looseObject({
  asset: z.looseObject({ version: z.string() }),
  scene: index.optional(),
  scenes: z.array(z.looseObject({ nodes: z.array(index).optional() })).optional(),
  nodes: z.array(node).optional(),
  meshes: z.array(z.looseObject({ primitives: z.array(z.looseObject({ attributes: z.record(z.string(), index), indices: index.optional() })) })).optional(),
  accessors: z.array(accessor).optional(),
  bufferViews: z.array(view).optional(),
  buffers: z.array(z.looseObject({ byteLength: index, uri: z.string().optional() })).optional(),
  skins: z.array(z.looseObject({ joints: z.array(index) })).optional(),
  extensionsRequired: z.array(z.string()).optional(),
});

export type Gltf = z.output<typeof description>;
export type GltfNode = z.output<typeof node>;
export type Accessor = z.output<typeof accessor>;

const MOST_JSON_BYTES = 16 * 1024 * 1024;

/** A binary glTF file: its description, and the one buffer that everything in it lies in. */
export interface Glb {
  gltf: Gltf;
  bin: Buffer;
}

/** Reads a .glb. Throws `InputError` where it is none, or needs what is not in it. */
export function readGlb(bytes: Buffer): Glb {
  if (bytes.length < 20 || bytes.readUInt32LE(0) !== MAGIC) throw new InputError("the mesh is not a GLB file (binary glTF)");
  if (bytes.readUInt32LE(4) !== 2) throw new InputError("the mesh is not glTF of version 2");
  if (bytes.readUInt32LE(8) !== bytes.length) throw new InputError("the mesh is damaged: its length is not what it says");
  const chunks = new Map<number, Buffer>();
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    const kind = bytes.readUInt32LE(at + 4);
    if (at + 8 + length > bytes.length) throw new InputError("the mesh is damaged: a part of it reaches beyond its end");
    if (!chunks.has(kind)) chunks.set(kind, bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  const gltf = parsed(chunks.get(JSON_CHUNK));
  const [buffer, ...others] = gltf.buffers ?? [];
  if (others.length > 0 || buffer?.uri !== undefined) throw new InputError("the mesh names other files: everything has to be in the one GLB");
  if ((gltf.extensionsRequired ?? []).length > 0) throw new InputError(`the mesh needs ${gltf.extensionsRequired?.join(", ").slice(0, 200)}, which is not known here`);
  const bin = chunks.get(BIN_CHUNK) ?? Buffer.alloc(0);
  if ((buffer?.byteLength ?? 0) > bin.length) throw new InputError("the mesh is damaged: its buffer is shorter than it says");
  return { gltf, bin: bin.subarray(0, buffer?.byteLength ?? 0) };
}

function parsed(chunk: Buffer | undefined): Gltf {
  if (chunk && chunk.length > MOST_JSON_BYTES) throw new InputError("the mesh has a description larger than 16 MB");
  try {
    return description.parse(JSON.parse(chunk?.toString("utf8") ?? ""));
  } catch {
    throw new InputError("the mesh is damaged: its description cannot be read");
  }
}

/** Writes a .glb, both parts padded to four bytes as the format asks. */
export function writeGlb({ gltf, bin }: Glb): Buffer {
  const described = { ...gltf, buffers: [{ byteLength: bin.length }] };
  const json = padded(Buffer.from(JSON.stringify(described)), 0x20);
  const body = padded(bin, 0);
  const head = Buffer.alloc(12);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(2, 4);
  head.writeUInt32LE(12 + 8 + json.length + 8 + body.length, 8);
  return Buffer.concat([head, chunkHead(json.length, JSON_CHUNK), json, chunkHead(body.length, BIN_CHUNK), body]);
}

function chunkHead(length: number, kind: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(length, 0);
  head.writeUInt32LE(kind, 4);
  return head;
}

const padded = (bytes: Buffer, by: number): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4, by)]);

/** Adds data to a file's buffer, and what describes it. Says the number of the new accessor, or of the view where there is none. */
export class GlbWriter {
  readonly gltf: Gltf;
  private readonly parts: Buffer[];
  private length: number;

  constructor({ gltf, bin }: Glb) {
    this.gltf = gltf;
    this.parts = [padded(bin, 0)];
    this.length = this.parts[0]?.length ?? 0;
  }

  view(bytes: Buffer, target?: number): number {
    const views = (this.gltf.bufferViews ??= []);
    views.push({ buffer: 0, byteOffset: this.length, byteLength: bytes.length, ...(target === undefined ? {} : { target }) });
    const part = padded(bytes, 0);
    this.parts.push(part);
    this.length += part.length;
    return views.length - 1;
  }

  accessor(data: Float32Array | Uint32Array | Uint8Array, of: Pick<Accessor, "type" | "min" | "max"> & { width: number; target?: number }): number {
    const accessors = (this.gltf.accessors ??= []);
    const componentType = data instanceof Float32Array ? FLOAT : data instanceof Uint32Array ? UNSIGNED_INT : UNSIGNED_BYTE;
    const bufferView = this.view(Buffer.from(data.buffer, data.byteOffset, data.byteLength), of.target);
    accessors.push({ bufferView, componentType, count: data.length / of.width, type: of.type, ...(of.min ? { min: of.min } : {}), ...(of.max ? { max: of.max } : {}) });
    return accessors.length - 1;
  }

  finish(): Buffer {
    return writeGlb({ gltf: this.gltf, bin: Buffer.concat(this.parts) });
  }
}
