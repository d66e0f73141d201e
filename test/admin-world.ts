import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createApp } from "../worker/app.ts";
import { newWorld, ORIGIN, type World } from "./world.ts";

/** A person who administers the platform, and has for a long time. */
export async function newAdministrator(name = "Admin"): Promise<World> {
  const world = await newWorld({ name });
  await env.DB.prepare("UPDATE users SET admin = 1 WHERE id = ?").bind(world.user).run();
  return world;
}

const app = createApp();

/** The same worker with other settings, asked by a person of this one. */
export async function askWith(settings: object, by: World, { method = "GET", path, body, address }: { method?: string; path: string; body?: unknown; address?: string }): Promise<Response> {
  const execution = createExecutionContext();
  const headers: Record<string, string> = { origin: ORIGIN, cookie: by.cookie, "content-type": "application/json", ...(address === undefined ? {} : { "cf-connecting-ip": address }) };
  const answer = await app.fetch(new Request(new URL(path, ORIGIN), { method, headers, body: body === undefined ? null : JSON.stringify(body) }), { ...env, ...settings }, execution);
  await waitOnExecutionContext(execution);
  return answer;
}

export const codeOf = async (answer: Response): Promise<string> => (await answer.json<{ code?: string }>()).code ?? "";

/** What was sent to an address, oldest first. */
export async function lettersTo(address: string): Promise<{ subject: string; text: string }[]> {
  const box = Reflect.get(env, "MAIL") as Fetcher;
  const letters = await (await box.fetch("http://mail/")).json<{ to: string; subject: string; text: string }[]>();
  return letters.filter(({ to }) => to === address).toReversed();
}
