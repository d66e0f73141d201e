import { answerOf, api, type Fetch } from "./client.ts";
import { ProblemError } from "./problem.ts";
import type { Upload } from "./types.ts";

const LOOK_MS = 1_500;
const LOOKS_MOST = 200;

interface UploadInput {
  /** Null: it is for no film. */
  project: string | null;
  file: File;
  onProgress: (part: number) => void;
  signal?: AbortSignal;
}

/** Sends the bytes to where they were announced. `XMLHttpRequest`, because it alone tells how far it is. */
function put(file: File, target: NonNullable<Upload["put"]>, { onProgress, signal }: Pick<UploadInput, "onProgress" | "signal">): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const failed = () => reject(new ProblemError({ status: request.status, code: "upload.failed", detail: "The file did not arrive. Check your connection and try again." }));
    request.open(target.method, target.url);
    for (const [name, value] of Object.entries(target.headers)) if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); };
    request.onload = () => { if (request.status < 300) resolve(); else failed(); };
    request.onerror = failed;
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

/** Uploads a file and answers its asset's id once it has been checked and made ready. */
export async function uploadFile(fetch: Fetch, { project, file, onProgress, signal }: UploadInput): Promise<string> {
  const begun = await answerOf(api(fetch).POST("/api/v1/uploads", { body: { project, filename: file.name, contentType: file.type || "application/octet-stream", bytes: file.size } }));
  if (begun.put) await put(file, begun.put, { onProgress, ...(signal && { signal }) });
  signal?.throwIfAborted();
  const begunPath = { params: { path: { id: begun.id } } };
  let upload: Upload = await answerOf(api(fetch).POST("/api/v1/uploads/{id}/complete", begunPath));
  for (let look = 0; upload.status === "waiting"; look += 1) {
    if (look >= LOOKS_MOST) throw new ProblemError({ status: 0, code: "upload.slow", detail: "The file arrived and is still being checked. Look again in a few minutes." });
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    upload = await answerOf(api(fetch).GET("/api/v1/uploads/{id}", begunPath));
  }
  if (!upload.asset) throw new ProblemError({ status: 422, code: upload.problem?.code ?? "upload.unsupported", detail: upload.problem?.detail ?? "That file cannot be used here." });
  return upload.asset;
}
