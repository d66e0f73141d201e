const NEXT_MS = 100;
const MOST_MS = 10_000;

/** What this page has sent and that is not answered yet. Kept in browsers alone: a server would mix its visitors'. */
const writing = new Set<Promise<unknown>>();

export function noteWriting(answer: Promise<unknown>): void {
  if (typeof document === "undefined") return;
  const noted = answer.catch(() => undefined).finally(() => writing.delete(noted));
  writing.add(noted);
}

const wait = (ms: number) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Waits until nothing is being written any more, or for as long as that is worth. One save may begin right after another. */
export async function written(): Promise<void> {
  const end = Date.now() + MOST_MS;
  do {
    await Promise.race([Promise.all(writing), wait(end - Date.now())]);
    await wait(NEXT_MS);
  } while (writing.size > 0 && Date.now() < end);
}
