import { expect, test } from "vitest";
import { importsOf, isTest, resolve, sources, type Source } from "./sources.ts";

/** Within a slice of a domain a file imports what stands left of it. */
const ROLES = ["contract", "rules", "tables", "store", "service", "handlers", "routes"];

/** A domain imports an earlier tier, by its index. Anything upward travels as an event. */
const TIERS = [
  ["identity"], ["media", "credits"], ["projects"], ["generation", "billing", "concepts"],
  ["feed", "boosts", "marketplace", "publishing", "notifications"], ["assistant", "analytics", "moderation", "reconciliation", "developers"],
];
const tierOf = (domain: string): number => TIERS.findIndex((tier) => tier.includes(domain));

interface Place {
  domain: string;
  /** Folder within the domain, empty for the domain's own. */
  slice: string;
  role: string;
}

function placeOf(path: string): Place | null {
  const [, domain = "", inside = ""] = /^worker\/domains\/([\w-]+)\/(.+)\.ts$/.exec(path) ?? [];
  if (domain === "") return null;
  const parts = inside.split("/");
  return { domain, slice: parts.slice(0, -1).join("/"), role: parts.at(-1) ?? "" };
}

const edges = (source: Source): { from: string; to: string }[] =>
  importsOf(source).flatMap((from) => {
    const to = resolve(source, from);
    return to === null ? [] : [{ from, to }];
  });

const ours = sources(/^(film|worker|durable-objects|renderer|web\/src)\//).filter(({ path }) => !isTest(path));
const named = (list: Source[]) => list.map((source): [string, Source] => [source.path, source]);

test.each(named(ours.filter(({ path }) => placeOf(path) !== null)))("%s imports leftwards, and other domains by the door", (path, source) => {
  const own = placeOf(path);
  if (!own) return;
  expect(tierOf(own.domain), `${own.domain} has no tier`).toBeGreaterThanOrEqual(0);
  const wrong = edges(source).filter(({ to }) => {
    const other = placeOf(to);
    if (!other) return /^(web|renderer)\//.test(to);
    if (other.domain !== own.domain) return !mayEnter(own, other);
    if (other.slice !== own.slice || !ROLES.includes(own.role) || !ROLES.includes(other.role)) return false;
    return ROLES.indexOf(other.role) >= ROLES.indexOf(own.role);
  });
  expect(wrong).toEqual([]);
});

/** `handlers` may read any contract, to hear its events. */
function mayEnter(own: Place, other: Place): boolean {
  if (other.role === "contract" && other.slice === "" && own.role === "handlers") return true;
  return other.role === "index" && other.slice === "" && tierOf(other.domain) < tierOf(own.domain);
}

/** What each part of the tree may import of the others. */
const NEIGHBOURS: [part: RegExp, allowed: RegExp][] = [
  [/^film\//, /^film\//],
  [/^worker\/core\//, /^worker\/core\/|^film\//],
  [/^durable-objects\/([\w-]+)\//, /^film\/|^worker\/core\/|^durable-objects\/|^worker\/domains\/[\w/-]+\/(rules|contract)\.ts$/],
  [/^renderer\//, /^renderer\/|^film\//],
  [/^web\//, /^web\/|^film\//],
];

test.each(NEIGHBOURS.map(([part, allowed]) => [part.source, part, allowed] as const))("%s imports only what it may", (_, part, allowed) => {
  const wrong = ours.filter(({ path }) => part.test(path)).flatMap((source) => edges(source).filter(({ to }) => !allowed.test(to) && !to.includes("/paraglide/")).map(({ from }) => `${source.path} imports ${from}`));
  expect(wrong).toEqual([]);
});

test("an object imports no other object's files", () => {
  const wrong = ours.filter(({ path }) => path.startsWith("durable-objects/")).flatMap((source) => {
    const own = source.path.split("/")[1];
    return edges(source).filter(({ to }) => to.startsWith("durable-objects/") && to.split("/")[1] !== own && !/\/(rules|commands)\.ts$/.test(to)).map(({ from }) => `${source.path} imports ${from}`);
  });
  expect(wrong).toEqual([]);
});

test("film/ needs nothing but itself and a hash", () => {
  const packages = ours.filter(({ path }) => path.startsWith("film/")).flatMap((source) => importsOf(source).filter((from) => resolve(source, from) === null).map((from) => `${source.path} imports ${from}`));
  expect(packages.filter((line) => !/ imports @noble\/hashes(\/|$)/.test(line))).toEqual([]);
});

test("one file imports Stripe's SDK", () => {
  const importing = ours.filter((source) => importsOf(source).some((from) => from === "stripe" || from.startsWith("stripe/"))).map(({ path }) => path);
  expect(importing).toEqual(["worker/domains/billing/stripe.ts"]);
});
