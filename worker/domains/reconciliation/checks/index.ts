import { registry } from "#core/registry.ts";
import * as all from "./all.ts";
import { entriesFor } from "./catalogue.ts";
import type { Check } from "./check.ts";

const checks = registry<Check>(all);

/** The checks of a run, in order. Throws where one of the catalogue is not there. */
export const checksFor = (studio: string | null): Check[] => entriesFor(studio).map(({ id }) => {
  const check = checks.get(id);
  if (!check) throw new Error(`there is no check ${id}`);
  return check;
});
