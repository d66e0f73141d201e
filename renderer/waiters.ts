/** Callers that hold the line until a prediction is over. */
export class Waiters {
  private readonly byId = new Map<string, Set<() => void>>();

  /** Resolves when `release(id)` is called, or when the time is over. */
  wait(id: string, withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.byId.get(id) ?? new Set();
      this.byId.set(id, waiting);
      const done = (): void => {
        clearTimeout(timer);
        waiting.delete(done);
        if (waiting.size === 0) this.byId.delete(id);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      waiting.add(done);
    });
  }

  release(id: string): void {
    for (const done of this.byId.get(id) ?? []) done();
  }
}
