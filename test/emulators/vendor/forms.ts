/** Fields of a request, as JSON or as a form; a file in it stands as its name. */
export async function fieldsOf(body: string, contentType: string): Promise<Record<string, unknown> | null> {
  if (!contentType.startsWith("multipart/form-data")) {
    try {
      return JSON.parse(body) as Record<string, unknown>;
    } catch {
      return null;
    }
  }
  try {
    const form = await new Response(body, { headers: { "content-type": contentType } }).formData();
    const fields: Record<string, unknown> = {};
    for (const [name, value] of form.entries()) {
      const one = typeof value === "string" ? value : { file: value.name, bytes: value.size };
      const known = fields[name];
      if (known === undefined) fields[name] = one;
      else fields[name] = Array.isArray(known) ? [...(known as unknown[]), one] : [known, one];
    }
    return fields;
  } catch {
    return null;
  }
}

export const base64Of = (bytes: Uint8Array): string => {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 8_192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8_192)));
  return btoa(parts.join(""));
};

/** A file in pieces and without a length. */
export function inPieces(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const half = Math.ceil(bytes.length / 2);
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(bytes.slice(0, half));
      if (half < bytes.length) controller.enqueue(bytes.slice(half));
      controller.close();
    },
  });
}
