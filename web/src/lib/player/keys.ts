/** What a key does to a film that plays. */
export type PlayerAction =
  | { do: "toggle" | "mute" | "captions" | "full" | "theatre" | "slower" | "faster" }
  | { do: "nudge"; seconds: number }
  | { do: "frame"; frames: 1 | -1 }
  | { do: "jump"; part: number }
  | { do: "volume"; by: number };

const TEN = 10;
const FIVE = 5;
const VOLUME_STEP = 0.05;

const byKey: Record<string, PlayerAction> = {
  " ": { do: "toggle" }, k: { do: "toggle" }, j: { do: "nudge", seconds: -TEN }, l: { do: "nudge", seconds: TEN },
  arrowleft: { do: "nudge", seconds: -FIVE }, arrowright: { do: "nudge", seconds: FIVE }, arrowup: { do: "volume", by: VOLUME_STEP }, arrowdown: { do: "volume", by: -VOLUME_STEP },
  ",": { do: "frame", frames: -1 }, ".": { do: "frame", frames: 1 }, "<": { do: "slower" }, ">": { do: "faster" },
  m: { do: "mute" }, c: { do: "captions" }, f: { do: "full" }, t: { do: "theatre" },
};

export interface PressedKey {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** The action of a pressed key, or null. Keys with Ctrl, Alt or Cmd belong to the browser. */
export function actionOf({ key, ctrlKey, metaKey, altKey }: PressedKey): PlayerAction | null {
  if (ctrlKey || metaKey || altKey) return null;
  if (/^[0-9]$/.test(key)) return { do: "jump", part: Number(key) / 10 };
  return byKey[key.toLowerCase()] ?? null;
}

/** True where the key already means something: text is typed there, or a control is pressed with it. */
export function isTaken(key: string, target: Element | null, player: Element): boolean {
  if (!target) return false;
  if (target.closest("[contenteditable=true], textarea, select, [role=textbox], [role=menu], dialog[open]")) return true;
  const input = target.closest("input");
  if (input && input.type !== "range") return true;
  if ((key === " " || key === "Enter") && target.closest("button, a, summary, input")) return true;
  // Up and down scroll the page, unless the player itself has the focus.
  return (key === "ArrowUp" || key === "ArrowDown") && !player.contains(target);
}
