/** What is compared, in the order in which it is: a later one may rely on what an earlier one has put right. How, is loaded when a run goes on. */
export interface CheckEntry {
  id: string;
  /** For people. */
  name: string;
  /** Whether a studio may ask for it about itself. */
  covers: "studio" | "platform";
}

const catalogue: readonly CheckEntry[] = [
  { id: "object-itself", name: "Each wallet against itself", covers: "studio" },
  { id: "object-projection", name: "Each wallet against its copy", covers: "studio" },
  { id: "jobs-ledger", name: "Runs and jobs against the ledger", covers: "studio" },
  { id: "quotes-captures", name: "Captures against quotes", covers: "studio" },
  { id: "provider-statements", name: "Providers' statements against captures", covers: "platform" },
  { id: "grants-causes", name: "Grants against what they were for", covers: "platform" },
  { id: "stripe-grants", name: "Stripe against grants", covers: "platform" },
  { id: "files-takes", name: "Stored files against takes", covers: "studio" },
  { id: "background", name: "What should have happened by now", covers: "platform" },
];

/** What a run of this scope compares, in order. */
export const entriesFor = (studio: string | null): CheckEntry[] => catalogue.filter(({ covers }) => studio === null || covers === "studio");

/** What a studio is shown of what was found about it: not what providers and payments have to do with us. */
export const shownToStudios: ReadonlySet<string> = new Set(["wallet", "run", ...entriesFor("any").map(({ id }) => id)]);

export const checkNames: ReadonlyMap<string, string> = new Map(catalogue.map(({ id, name }) => [id, name]));

/** Throws for a check that the catalogue has not. */
export function entryOf(id: string): CheckEntry {
  const entry = catalogue.find((each) => each.id === id);
  if (!entry) throw new Error(`the catalogue has no check ${id}`);
  return entry;
}
