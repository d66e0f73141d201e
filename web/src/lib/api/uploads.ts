import { ask, type Fetch } from "./client.ts";
import { ProblemError } from "./problem.ts";

interface Upload {
  id: string;
  status: "waiting" | "processing" | "ready" | "failed";
  put: { url: string; method: "PUT"; headers: Record<string, string>; expiresAt: string } | null;
  asset: string | null;
  problem: { code: string; detail: string } | null;
}

const LOOK_MS = 1_500;
const LOOKS_MOST = 200;

/** Sends the bytes to where they were announced. `XMLHttpRequest`, because it alone tells how far it is. */
function put(file: File, target: NonNullable<Upload["put"]>, onProgress: (part: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const failed = () => reject(new ProblemError({ status: request.status, code: "upload.failed", detail: "The file did not arrive. Check your connection and try again." }));
    request.open(target.method, target.url);
    for (const [name, value] of Object.entries(target.headers)) if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); };
    request.onload = () => { if (request.status < 300) resolve(); else failed(); };
    request.onerror = failed;
    request.send(file);
  });
}

/** Uploads a file and answers its asset's id once it has been checked and made ready. */
export async function uploadFile(fetch: Fetch, input: { project: string; file: File; onProgress: (part: number) => void }): Promise<string> {
  const { project, file, onProgress } = input;
  const begun = await ask<Upload>(fetch, { method: "POST", path: "/v1/uploads", body: { project, filename: file.name, contentType: file.type || "application/octet-stream", bytes: file.size } });
  if (begun.put) await put(file, begun.put, onProgress);
  let upload = await ask<Upload>(fetch, { method: "POST", path: `/v1/uploads/${begun.id}/complete` });
  for (let look = 0; upload.status === "processing" || upload.status === "waiting"; look += 1) {
    if (look >= LOOKS_MOST) throw new ProblemError({ status: 0, code: "upload.slow", detail: "The file arrived and is still being checked. Look again in a few minutes." });
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    upload = await ask<Upload>(fetch, { path: `/v1/uploads/${begun.id}` });
  }
  if (!upload.asset) throw new ProblemError({ status: 422, code: upload.problem?.code ?? "upload.unsupported", detail: upload.problem?.detail ?? "That file cannot be used here." });
  return upload.asset;
}
