import { notify, notifyProblem } from "./toast.ts";

/** Copies words, and says so. */
export async function copyText(text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notify(said);
  } catch (error) {
    notifyProblem(error);
  }
}
