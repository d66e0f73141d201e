import { vi } from "vitest";
import { env, exports } from "cloudflare:workers";
import { settings } from "../worker/core/env.ts";
import { ReplicateEmulator } from "./emulators/replicate.ts";
import type { StripeEmulator } from "./emulators/stripe/emulator.ts";
import { forgetAccount, newStripe } from "./stripe-world.ts";
import type { PlanCode } from "../worker/domains/credits/index.ts";
import { newWorld, type World } from "./world.ts";

const SCRIPT = "INT. DINER - NIGHT\n\nMARTA wipes the counter. Rain runs down the window.\n\nMARTA\nYou're late.\n\nTOM\nThe bridge was closed.\n\nEXT. BRIDGE - DAWN\n\nTom walks alone.\n";

export interface RunWire {
  id: string;
  status: string;
  waitingFor: string | null;
  credits: { quoted: number; held: number; captured: number; returned: number };
  jobs: { id: string; node: string; kind: string; label: string; status: string; attempts: number; take: string | null; credits: { quoted: number; captured: number }; problem: { code: string; detail: string } | null }[];
  actions: string[];
}
export interface QuoteWire {
  id: string;
  credits: number;
  run: string | null;
  status: string;
  items: { step: string; node: string; credits: number; label: string }[];
  seconds: { p50: number; p90: number };
}

export interface FilmWorld extends World {
  project: string;
  provider: ReplicateEmulator;
  stripe: StripeEmulator;
  quote(target: unknown, more?: object): Promise<QuoteWire>;
  /** Opens the run of a quote. */
  start(quote: string, key?: string): Promise<RunWire>;
  run(id: string): Promise<RunWire>;
  /** Waits until the run is over, or in one of these states. */
  until(id: string, states?: string[], seconds?: number): Promise<RunWire>;
  /** Makes the animatic, so that voices are there. */
  animatic(): Promise<RunWire>;
}

let pump: ReturnType<typeof setInterval> | undefined;
const OVER = ["succeeded", "incomplete", "failed", "cancelled"];

/** A person with a project that has a script, and a provider of their own. Requests that go to the renderer go to the emulator. */
export async function newFilmWorld({ credits = 100, delayMs = 0, script = SCRIPT, plan, others = () => null }: { credits?: number; delayMs?: number | null; script?: string; plan?: PlanCode; others?: (request: Request) => Promise<Response> | null } = {}): Promise<FilmWorld> {
  const { RENDERER_URL, RENDERER_TOKEN, RENDERER_WEBHOOK_SECRET } = settings(env);
  const provider = new ReplicateEmulator({
    origin: new URL(RENDERER_URL).origin, token: RENDERER_TOKEN, webhookSecret: RENDERER_WEBHOOK_SECRET, delayMs,
    deliver: (url, init) => exports.default.fetch(new Request(url, init)),
    read: (url) => exports.default.fetch(new Request(url)),
  });
  const stripe = newStripe("none");
  await forgetAccount();
  vi.restoreAllMocks();
  clearInterval(pump);
  pump = setInterval(() => provider.pump(), 50);
  const real = globalThis.fetch;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input as RequestInfo, init);
    const { origin } = new URL(request.url);
    return origin === provider.options.origin ? provider.handle(request) : origin === stripe.options.origin ? stripe.handle(request) : (others(request) ?? real(request));
  });
  const world = await newWorld({ credits, ...(plan && { plan }) });
  const { id: project } = await (await world.post("/api/v1/projects", { title: "Late" })).json<{ id: string }>();
  await world.put(`/api/v1/projects/${project}/script`, { text: script });
  const ok = async <T>(answer: Response): Promise<T> => {
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    return answer.json<T>();
  };
  const self: FilmWorld = {
    ...world, project, provider, stripe,
    quote: async (target, more = {}) => ok(await world.post("/api/v1/quotes", { project, target, ...more })),
    start: async (quote, key) => ok(await world.post("/api/v1/runs", { quote }, key === undefined ? {} : { "idempotency-key": key })),
    run: async (id) => ok(await world.get(`/api/v1/runs/${id}`)),
    until: async (id, states = OVER, seconds = 40) => {
      for (let tries = 0; tries < seconds * 20; tries += 1) {
        const askedAt = performance.now();
        const run = await self.run(id);
        if (states.includes(run.status)) return run;
        // Where answers are slow, asking for them is not what the machine should be busy with.
        await new Promise((resolve) => setTimeout(resolve, Math.max(50, 2 * (performance.now() - askedAt))));
      }
      throw new Error(`the run is ${JSON.stringify(await self.run(id), null, 1).slice(0, 3_000)}`);
    },
    animatic: async () => self.until((await self.start((await self.quote("animatic")).id)).id),
  };
  return self;
}
