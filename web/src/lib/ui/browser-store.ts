/** What a browser keeps for a page: in this tab, or on this device. It may refuse storage (private windows); the page then works without it. */
const places = { tab: () => sessionStorage, device: () => localStorage };
type Place = keyof typeof places;

/** What was kept under a key; null where there is nothing that can be read. */
export function readKept(place: Place, key: string): unknown {
  try {
    const value: unknown = JSON.parse(places[place]().getItem(key) ?? "null");
    return value;
  } catch {
    return null;
  }
}

/** Keeps a value; null takes it away. */
export function keep(place: Place, key: string, value: unknown): void {
  try {
    if (value === null) places[place]().removeItem(key);
    else places[place]().setItem(key, JSON.stringify(value));
  } catch { /* not kept */ }
}
