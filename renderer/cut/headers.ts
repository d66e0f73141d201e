const SEQUENCE_SET = 7;
const PICTURE_SET = 8;

/**
 * The parameter sets of an H.264 stream in a form that can be compared, however its container keeps them: in MP4's `avcC` box, or
 * behind start codes as the encoder gives them.
 */
export function parameterSets(headers: Buffer): string {
  const units = headers[0] === 1 ? fromBox(headers) : fromStartCodes(headers);
  return units.filter((unit) => [SEQUENCE_SET, PICTURE_SET].includes((unit[0] ?? 0) & 31)).map((unit) => unit.toString("hex")).join(" ");
}

/** A coded picture as MP4 keeps it, each unit behind its length, from the encoder's start codes. */
export function lengthPrefixed(coded: Buffer): Buffer {
  return Buffer.concat(fromStartCodes(coded).flatMap((unit) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(unit.length);
    return [length, unit];
  }));
}

function fromBox(box: Buffer): Buffer[] {
  const units: Buffer[] = [];
  let at = 5;
  for (const mask of [31, 255]) {
    const count = (box[at] ?? 0) & mask;
    at += 1;
    for (let n = 0; n < count && at + 2 <= box.length; n += 1) {
      const length = box.readUInt16BE(at);
      units.push(box.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return units;
}

function fromStartCodes(stream: Buffer): Buffer[] {
  const code = Buffer.from([0, 0, 1]);
  const units: Buffer[] = [];
  for (let at = stream.indexOf(code); at >= 0; ) {
    const next = stream.indexOf(code, at + 3);
    const end = next < 0 ? stream.length : stream[next - 1] === 0 ? next - 1 : next;
    units.push(stream.subarray(at + 3, end));
    at = next;
  }
  return units;
}
