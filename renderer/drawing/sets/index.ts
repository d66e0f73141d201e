import type { Archetype } from "./archetypes.ts";
import { interiorSet } from "./interiors.ts";
import { nature } from "./nature.ts";
import type { SetPainter } from "./set.ts";
import { urban } from "./urban.ts";
import { vehicles } from "./vehicles.ts";

/** The set of a place, as planes. */
export function setOf(archetype: Archetype): SetPainter {
  const outside = { ...urban, ...nature };
  const found = vehicles[archetype.name] ?? (archetype.interior ? interiorSet(archetype.name) : outside[archetype.name]);
  const fallback = archetype.interior ? interiorSet("interior") : outside.exterior;
  const set = found ?? fallback;
  if (!set) throw new Error(`no set for ${archetype.name}`);
  return set;
}
