import { registry } from "#core/registry.ts";
import * as all from "./all.ts";
import type { Family } from "./family.ts";

const families = registry<Family>(all);

/** Who handles events of a type; undefined for types that mean nothing here. */
export const familyOf = (type: string): Family | undefined => [...families.values()].find(({ types }) => types.includes(type));

/** The types that Stripe should send. */
export const heardTypes: readonly string[] = [...families.values()].flatMap(({ types }) => types);
