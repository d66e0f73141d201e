const INTENT_MS = 200;

/** The one preview that plays on a page. */
let stopCurrent: (() => void) | null = null;

const savesData = (): boolean => "connection" in navigator && typeof navigator.connection === "object" && navigator.connection !== null && "saveData" in navigator.connection && navigator.connection.saveData === true;

const isWanted = (): boolean => matchMedia("(hover: hover) and (pointer: fine)").matches && !matchMedia("(prefers-reduced-motion: reduce)").matches && !savesData();

/**
 * Plays a card's silent preview while a fine pointer or the keyboard's focus rests on it. No byte of video is asked for before that,
 * and none where motion or data are to be saved.
 */
export function hoverPreview(src: string | null): (card: HTMLElement) => (() => void) | undefined {
  return (card) => {
    const frame = card.querySelector("[data-frame]");
    if (!src || !frame) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let video: HTMLVideoElement | null = null;

    const stop = (): void => {
      clearTimeout(timer);
      // Without its source, the element lets go of a download that is under way.
      video?.removeAttribute("src");
      video?.load();
      video?.remove();
      video = null;
      if (stopCurrent === stop) stopCurrent = null;
    };
    const play = (): void => {
      stopCurrent?.();
      stopCurrent = stop;
      video = Object.assign(document.createElement("video"), { src, muted: true, loop: true, playsInline: true, disablePictureInPicture: true });
      video.setAttribute("aria-hidden", "true");
      video.tabIndex = -1;
      frame.append(video);
      void video.play().catch(stop);
    };
    const begin = (): void => {
      clearTimeout(timer);
      if (isWanted() && !video) timer = setTimeout(play, INTENT_MS);
    };
    const focused = (): void => { if (card.querySelector(":focus-visible")) begin(); };

    card.addEventListener("pointerenter", begin);
    card.addEventListener("pointerleave", stop);
    card.addEventListener("focusin", focused);
    card.addEventListener("focusout", stop);
    return () => {
      stop();
      card.removeEventListener("pointerenter", begin);
      card.removeEventListener("pointerleave", stop);
      card.removeEventListener("focusin", focused);
      card.removeEventListener("focusout", stop);
    };
  };
}
