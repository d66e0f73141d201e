import type { Access, Call, Order, Provider, Sight, Submission } from "../worker/domains/generation/providers/provider.ts";
import type { VendorEmulator } from "./emulators/vendor/emulator.ts";
import { fileOf, fileTypes, type FileSpec } from "./emulators/vendor/files.ts";
import { MemoryKeep } from "./emulators/vendor/keep.ts";

/** Where our own files lie in these tests. */
export const OURS = "https://dailies.example/media/";
export const NOW = Date.UTC(2026, 10, 20, 12);

export interface Calls {
  call: Call;
  /** Every address that was asked for, ours too. */
  asked: string[];
}

/** How an adapter reaches an emulator; `ours`: our own files, by name; `more`: other origins of the first emulator. Anything else is no address of the world. */
export function callTo(emulators: VendorEmulator | readonly VendorEmulator[], access: Access, ours: Record<string, FileSpec> = {}, more: readonly string[] = []): Calls {
  const asked: string[] = [];
  const all = "options" in emulators ? [emulators] : emulators;
  return {
    asked,
    call: {
      ...access,
      now: () => NOW,
      fetch: async (url, init) => {
        asked.push(url);
        if (url.startsWith(OURS)) {
          const file = ours[url.slice(OURS.length)];
          if (!file) return new Response(null, { status: 404 });
          const bytes = await fileOf(file);
          return new Response(bytes, { headers: { "content-type": fileTypes[file.ending], "content-length": String(bytes.length) } });
        }
        const { origin } = new URL(url);
        const emulator = all.find(({ options }) => options.origin === origin || options.filesOrigin === origin) ?? (more.includes(origin) ? all[0] : undefined);
        if (!emulator) throw new TypeError(`no such address: ${url}`);
        const answer = await emulator.handle(new Request(url, init));
        if (answer.status >= 300 && answer.status < 400 && init?.redirect !== "manual") throw new Error(`a redirect was followed: ${url}`);
        return answer;
      },
    },
  };
}

/** An order for a model by the name that we give it, with storage of its own. */
export function orderFor({ models }: Provider, id: string, request: Exclude<Order["request"], { tool: "house" }>, { submitMs = 2_000, webhookUrl = null }: { submitMs?: number; webhookUrl?: string | null } = {}): Order & { keep: MemoryKeep } {
  const model = models.find((each) => each.id === id);
  if (!model) throw new Error(`there is no model ${id}`);
  return { model: model.name, version: model.version, request, id: "job_1-1", webhookUrl, signal: AbortSignal.timeout(submitMs), keep: new MemoryKeep() };
}

/** The ticket of what was accepted. */
export function ticketOf<Ticket>(answer: Submission): Ticket {
  if (answer.end !== "accepted") throw new Error(`it was not accepted: ${JSON.stringify(answer)}`);
  return answer.ticket as Ticket;
}

/** The output of what succeeded. */
export function outputOf<Output>(sight: Sight | undefined): Output {
  if (sight?.state !== "succeeded") throw new Error(`it did not succeed: ${JSON.stringify(sight)}`);
  return sight.output as Output;
}
