import type { Canvas } from "@napi-rs/canvas";
import { promisify } from "node:util";
import { constants, crc32, deflate } from "node:zlib";

const compress = promisify(deflate);

function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length, 0);
  head.write(type, 4, "latin1");
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(data, crc32(head.subarray(4))), 0);
  return Buffer.concat([head, data, tail]);
}

/**
 * A canvas as PNG, RGBA, each row as its difference from the one above. Drawn pictures are flat, so this packs nearly as well as trying
 * all filters at the highest level, which is what the library does, and takes a quarter of its time.
 */
export async function encodePng(canvas: Canvas): Promise<Buffer> {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const stride = width * 4;
  const rows = Buffer.allocUnsafe((stride + 1) * height);
  let to = 0;
  for (let y = 0; y < height; y++) {
    rows[to++] = y === 0 ? 0 : 2;
    const from = y * stride;
    if (y === 0) for (let i = 0; i < stride; i++) rows[to++] = data[i] ?? 0;
    else for (let i = from; i < from + stride; i++) rows[to++] = (data[i] ?? 0) - (data[i - stride] ?? 0);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const packed = await compress(rows, { level: 1, strategy: constants.Z_FILTERED, memLevel: 9 });
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk("IHDR", header), chunk("IDAT", packed), chunk("IEND", Buffer.alloc(0))]);
}
