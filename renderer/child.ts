import { join } from "node:path";
import { download, FetchError } from "./download.ts";
import { InputError, type RunContext } from "./model.ts";
import { loadModel } from "./models/index.ts";
import type { FromChild, ToChild } from "./pool.ts";

/** One worker process: makes one prediction at a time, told and answering over its message channel. */
const send = (message: FromChild): void => {
  // Where the parent is gone there is nobody to tell, and the disconnect ends this process.
  process.send?.(message, undefined, undefined, () => undefined);
};

/** What the process holds once the pictures and buffers of a prediction are let go. */
function heldBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

async function run(task: ToChild): Promise<void> {
  send({ type: "begun" });
  const abort = new AbortController();
  let downloads = 0;
  let lastPercent = -1;
  const context: RunContext = {
    dir: task.dir,
    signal: abort.signal,
    log: (line) => send({ type: "log", line: line.slice(0, 2000) }),
    progress: (percent, step) => {
      const whole = Math.max(0, Math.min(100, Math.round(percent)));
      if (whole === lastPercent) return;
      lastPercent = whole;
      send({ type: "log", line: `progress ${whole} ${step}` });
    },
    fetchFile: async (url) => {
      downloads += 1;
      const path = join(task.dir, `input-${downloads}`);
      await download(url, path, task.download, abort.signal);
      return path;
    },
  };
  try {
    const model = await loadModel(task.model);
    if (!model) throw new Error(`no model ${task.model}`);
    const output = await model.run(model.input.parse(task.input), context);
    send({ type: "done", output, rssBytes: heldBytes() });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const fault = error instanceof InputError ? "input" : error instanceof FetchError ? "fetch" : "internal";
    send({ type: "failed", message, fault, rssBytes: heldBytes() });
  }
}

process.on("message", (message) => void run(message as ToChild));
// Without its parent there is nobody to make anything for.
process.on("disconnect", () => process.exit(0));
// What every media model needs is loaded before the first prediction asks for it.
await import("./media/av.ts");
send({ type: "ready" });
