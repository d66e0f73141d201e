import { chosenStudio } from "./chosen-studio.ts";
import type { Fetch } from "./client.ts";
import { OFFLINE, ProblemError, problemOf } from "./problem.ts";

const NAME = /filename="([^"]+)"/;

/** Saves what the API answers as a file of the name that it gives. A refusal is a problem, and never a file. */
export async function download(fetch: Fetch, path: string, otherwise: string): Promise<void> {
  const studio = chosenStudio();
  const response = await fetch(path, { credentials: "same-origin", headers: studio ? { "dailies-studio": studio } : {} })
    .catch(() => { throw new ProblemError({ status: 0, code: OFFLINE, detail: "There is no connection to Dailies. Try again when you are back online." }); });
  if (!response.ok) throw problemOf(await response.json().catch(() => null), response);
  const file = await response.blob().catch(() => { throw new ProblemError({ status: 0, code: OFFLINE, detail: "The file ended before it was complete. Try again." }); });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = NAME.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? otherwise;
  link.click();
  // The browser has begun to save by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
