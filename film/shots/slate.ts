/** Letters of a slate: I and O are left out, since they look like digits. After Z comes AA. */
const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ";

function lettersOf(index: number): string {
  const rest = Math.floor(index / LETTERS.length);
  return (rest > 0 ? lettersOf(rest - 1) : "") + (LETTERS[index % LETTERS.length] ?? "A");
}

/** Numbers of the scenes as slated: the script's own, else by counting on; no two are alike. */
export function sceneNumbers(scenes: readonly { number: string | null }[]): string[] {
  const taken = new Set(scenes.flatMap(({ number }) => number ?? []));
  const used = new Set<string>();
  return scenes.map(({ number }, index) => {
    const clashes = (name: string) => used.has(name) || (name !== number && taken.has(name));
    let candidate = number ?? String(index + 1);
    if (clashes(candidate)) candidate = `${candidate}.${index + 1}`;
    while (clashes(candidate)) candidate += "-";
    used.add(candidate);
    return candidate;
  });
}

/** Slate number of a shot: its scene's number and its letter, `3B`; a number that ends in a letter gets a dash between. */
export const slate = (scene: string, index: number): string => `${scene}${/\p{L}$/u.test(scene) ? "-" : ""}${lettersOf(index)}`;
