/** Every action that a key can start. The palette and the key sheet are drawn from the same list that binds the keys. */
export interface Command {
  id: string;
  label: string;
  group: string;
  /** `Mod+K`, `?`, `C`, or a sequence: `G P`. */
  keys?: string;
  run: () => void;
}

const SEQUENCE_MS = 900;
const SETTING = "dailies.single-keys";

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.closest("input, textarea, select, [role=textbox], [role=menu], dialog[open]") !== null);

class Shortcuts {
  commands: Command[] = $state([]);
  paletteOpen = $state(false);
  sheetOpen = $state(false);
  singleKeys = $state(true);
  #before = "";
  #beforeAt = 0;

  /** Adds commands while a page is shown; answers how to take them away. */
  add(commands: Command[]): () => void {
    this.commands.push(...commands);
    const ids = new Set(commands.map(({ id }) => id));
    return () => {
      this.commands = this.commands.filter(({ id }) => !ids.has(id));
    };
  }

  loadSetting(): void {
    this.singleKeys = localStorage.getItem(SETTING) !== "off";
  }

  setSingleKeys(on: "on" | "off"): void {
    this.singleKeys = on === "on";
    localStorage.setItem(SETTING, on);
  }

  /** Bound once, to the window. */
  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const mod = event.ctrlKey || event.metaKey;
    if (mod && event.key.toLowerCase() === "k") {
      event.preventDefault();
      this.paletteOpen = !this.paletteOpen;
      return;
    }
    if (mod || event.altKey || !this.singleKeys || isTyping(event.target)) return;
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    const sequence = event.timeStamp - this.#beforeAt < SEQUENCE_MS ? `${this.#before} ${key}` : "";
    const command = this.commands.find(({ keys }) => keys !== undefined && keys === sequence) ?? this.commands.find(({ keys }) => keys === key);
    this.#before = key;
    this.#beforeAt = event.timeStamp;
    if (!command) return;
    event.preventDefault();
    this.#before = "";
    command.run();
  }
}

export const shortcuts = new Shortcuts();
