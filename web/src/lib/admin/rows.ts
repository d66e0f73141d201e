/** Arrow keys among the rows of a table: each row's first link or button, one after another. */
export function rowKeys(table: HTMLElement): () => void {
  const stops = (): HTMLElement[] => [...table.querySelectorAll<HTMLElement>("tbody tr")].flatMap((row) => row.querySelector<HTMLElement>("a[href], button:not(:disabled)") ?? []);

  function step(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !(event.target instanceof HTMLElement) || event.target.closest("input, select, textarea")) return;
    const row = event.target.closest("tbody tr");
    if (!row) return;
    const all = stops();
    const here = all.findIndex((stop) => row.contains(stop));
    const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key];
    const stop = next === undefined ? undefined : all[next];
    if (!stop) return;
    event.preventDefault();
    stop.focus();
  }

  table.addEventListener("keydown", step);
  return () => table.removeEventListener("keydown", step);
}
