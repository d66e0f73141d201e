const EVERY_MS = 1_500;
const HIDDEN_MS = 15_000;

/** Asks again and again while a page shows something that is under way, less often where nobody looks; answers how to end. */
export function follow(ask: () => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let isOver = false;
  const later = () => {
    timer = setTimeout(() => void ask().catch(() => undefined).then(() => { if (!isOver) later(); }), document.hidden ? HIDDEN_MS : EVERY_MS);
  };
  later();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
