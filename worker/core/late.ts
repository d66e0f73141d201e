/**
 * A module that is loaded when it is first needed, and kept from then on. What is kept is the module and not a promise of it, which another request must
 * not await.
 */
export function late<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loaded: Module | null = null;
  return async () => (loaded ??= await load());
}
