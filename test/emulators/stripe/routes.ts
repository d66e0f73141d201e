import type { Account } from "./account.ts";
import type { Input } from "./wire.ts";

/** One operation. Parameters that it does not accept are refused, as Stripe refuses those that it does not know. */
export interface Route {
  method: "GET" | "POST" | "DELETE";
  /** With `:id` in place of an id. */
  path: string;
  accepts?: readonly string[];
  answer(account: Account, input: Input, id: string): object;
}

/** The route of a path, with the id in it. */
export function match(routes: Route[], method: string, pathname: string): { route: Route; id: string } | null {
  const parts = pathname.split("/");
  for (const route of routes) {
    const pattern = route.path.split("/");
    if (route.method !== method || pattern.length !== parts.length) continue;
    if (pattern.every((part, index) => (part === ":id" ? parts[index] !== "" : part === parts[index]))) return { route, id: decodeURIComponent(parts[pattern.indexOf(":id")] ?? "") };
  }
  return null;
}
