import type { Setting } from "../../../film/film.ts";

export const archetypeNames = [
  "kitchen", "living-room", "bedroom", "bathroom", "office", "bar", "cafe", "restaurant", "corridor", "hospital", "classroom", "library", "car", "train", "station", "warehouse", "lab", "stage", "cinema", "church", "spaceship", "shop", "prison", "attic", "interior",
  "street", "alley", "rooftop", "forest", "field", "park", "beach", "sea", "desert", "mountain", "village", "bridge", "graveyard", "space", "exterior",
] as const;
export type ArchetypeName = (typeof archetypeNames)[number];

export interface Archetype {
  name: ArchetypeName;
  interior: boolean;
}

const inside: readonly [ArchetypeName, RegExp][] = [
  ["kitchen", /\b(kitchen|pantry|bakery)\b/],
  ["attic", /\bprojection (booth|room)\b|\bprojectionist'?s\b/],
  ["bedroom", /\b(bedroom|hotel room|motel|dorm\w*|nursery|bed)\b/],
  ["bathroom", /\b(bathroom|toilet|shower|restroom)\b/],
  ["hospital", /\b(hospital|clinic|ward|surgery|emergency room|morgue)\b/],
  ["classroom", /\b(class\s?room|school|lecture|university|academy)\b/],
  ["library", /\b(library|archive|bookshop|bookstore|study)\b/],
  ["lab", /\b(lab|laboratory|workshop|control room|observatory|server room|bunker)\b/],
  ["office", /\b(office|newsroom|meeting room|boardroom|police station|precinct|studio|agency|conference|headquarters|bank|court\w*|editing)\b/],
  ["cafe", /\b(caf[eé]|coffee (shop|house)|diner|tea ?room)\b/],
  ["restaurant", /\b(restaurant|dining|banquet|canteen)\b/],
  ["bar", /\b(bar|pub|saloon|tavern|nightclub|club|casino|inn|lounge)\b/],
  ["cinema", /\b(cinema|movie theat(er|re)|screening|projection)\b/],
  ["stage", /\b(stage|theat(er|re)|opera|concert|backstage|dressing room|arena)\b/],
  ["church", /\b(church|chapel|cathedral|temple|monastery|crypt|mosque)\b/],
  ["spaceship", /\b(space ?ship|starship|cockpit|bridge of|airlock|space station|capsule|shuttle|pod|engine room)\b/],
  ["train", /\b(train|carriage|compartment|subway car|tram|bus|wagon|airplane|plane|cabin of)\b/],
  ["car", /\b(car|taxi|cab|truck|van|driver'?s seat|backseat|limousine|ambulance)\b/],
  ["station", /\b(station|platform|terminal|airport|subway|metro|underground)\b/],
  ["warehouse", /\b(warehouse|factory|garage|hangar|barn|basement|cellar|depot|mill|mine|cave|tunnel|sewer|ship'?s hold)\b/],
  ["shop", /\b(shop|store|market|supermarket|boutique|pharmacy|kiosk|mall)\b/],
  ["prison", /\b(prison|cell|jail|dungeon|interrogation)\b/],
  ["attic", /\b(attic|loft|cabin|hut|cottage|lighthouse|tent|tower)\b/],
  ["corridor", /\b(corridor|hallway|hall|passage|stair\w*|lobby|elevator|lift|entrance|foyer)\b/],
  ["stage", /\bauditorium\b/],
  ["living-room", /\b(living ?room|lounge|apartment|flat|house|home|sitting room|parlou?r|mansion|villa|room|palace)\b/],
];

const outside: readonly [ArchetypeName, RegExp][] = [
  ["space", /\b(outer space|orbit|space|asteroid|moon surface|planet|galaxy|mars)\b/],
  ["rooftop", /\b(roof ?tops?|roof|balcony|terrace|skyscraper ledge)\b/],
  ["graveyard", /\b(graveyard|cemetery|grave|tomb)\b/],
  ["bridge", /\b(bridge|pier|dock|harbou?r|jetty|wharf|canal|river ?side|embankment|quay)\b/],
  ["alley", /\b(alley\w*|back ?street|side street|lane)\b/],
  ["beach", /\b(beach|shore|coast|seaside|dunes?|island|lagoon|cove|lake|river)\b/],
  ["sea", /\b(sea|ocean|boat|ship|deck|raft|yacht|waves)\b/],
  ["desert", /\b(desert|canyon|mesa|wasteland|badlands|sahara|dry plain|dead planet)\b/],
  ["mountain", /\b(mountains?|peak|summit|glacier|cliff|ridge|snow ?field|alps|slope|arctic|tundra|ice|valley|pass)\b/],
  ["forest", /\b(forest|woods?|jungle|grove|trees|swamp|clearing|trail)\b/],
  ["park", /\b(park|garden|playground|campus|orchard|backyard|yard)\b/],
  ["field", /\b(field|meadow|farm|prairie|grassland|hill\w*|countryside|plains?|pasture|road|highway|vineyard|steppe)\b/],
  ["village", /\b(village|hamlet|cottages?|small town|town square|settlement|farmhouse|house|porch|barn|square|castle)\b/],
  ["station", /\b(station|platform|railway|tracks|airport|terminal)\b/],
  ["street", /\b(street|city|avenue|downtown|sidewalk|pavement|road|intersection|crossing|market|town|parking|corner|boulevard|shop|caf[eé]|office|apartment|building|hospital|school|plaza|bar|cinema|theat(er|re)|hotel|car|metropolis)\b/],
];

const alwaysInside: ReadonlySet<ArchetypeName> = new Set(inside.map(([name]) => name));

function find(table: readonly [ArchetypeName, RegExp][], text: string): ArchetypeName | null {
  return table.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

/** The rooms of a place, the innermost first: `cinema - lobby` is a lobby before it is a cinema. None where the place has no rooms; an auditorium is its house's. */
function parts(place: string): string[] {
  const found = place.split(/\s+[-–—]\s+|\s*[,/]\s*/).filter((part) => part !== "" && part !== "auditorium");
  return found[0] === place ? [] : found.toReversed();
}

/** The kind of set that a place is. The place decides, by its innermost part first; the description only where the place says nothing. Texts are lower case. */
export function archetypeOf(input: { place: string; description: string; setting: Setting | null }): Archetype {
  const { place, description, setting } = input;
  const within = setting !== "exterior";
  const open = setting !== "interior";
  for (const text of [...parts(place), place, description]) {
    // A script that says neither inside nor outside names an open place, or a room, by its words alone.
    const outer = open ? find(outside, text) : null;
    const inner = within ? find(inside, text) : null;
    if (setting === "exterior" && outer) return { name: outer, interior: false };
    if (inner && (setting !== null || !outer || outer === "street" || outer === "village")) return { name: inner, interior: true };
    if (outer) return { name: outer, interior: false };
  }
  return setting === "exterior" ? { name: "exterior", interior: false } : setting === null && place === "" ? { name: "exterior", interior: false } : { name: "interior", interior: true };
}

const lamplit: ReadonlySet<ArchetypeName> = new Set(["street", "alley", "village", "bridge", "station"]);

/** Whether lamps stand there, so that a face is warm at night. */
export function isLamplit(name: ArchetypeName): boolean {
  return lamplit.has(name);
}

/** Whether a kind of set is a room. */
export function isInside(name: ArchetypeName): boolean {
  return name === "interior" || (alwaysInside.has(name) && name !== "station");
}
