/** HLS for browsers that cannot play it themselves. Loaded only there, and only where a film is packaged. The light build reads no audio groups, in which Stream has all sound (video-dev/hls.js#5222). */
import HlsPlayer, { Events, type LoadPolicy } from "hls.js";

interface Limits {
  requestMsMax: number;
  retries: number;
  onfailed(): void;
}

/** Begins to play, and says how to let go; null where the browser lacks what it takes. Nothing but the manifest is loaded before the film is played. */
export function playByScript(video: HTMLVideoElement, stream: string, { requestMsMax, retries, onfailed }: Limits): (() => void) | null {
  if (!HlsPlayer.isSupported()) return null;
  const again = { maxNumRetry: retries, retryDelayMs: 500, maxRetryDelayMs: 2_000 };
  const policy: LoadPolicy = { default: { maxTimeToFirstByteMs: requestMsMax, maxLoadTimeMs: 4 * requestMsMax, timeoutRetry: again, errorRetry: again } };
  const hls = new HlsPlayer({
    // The page's security policy lets no worker be made of text; captions are the element's own tracks, which these would clear.
    enableWorker: false, autoStartLoad: false, capLevelToPlayerSize: true, manifestLoadPolicy: policy, playlistLoadPolicy: policy, fragLoadPolicy: policy,
    timelineController: undefined, subtitleTrackController: undefined, subtitleStreamController: undefined,
  });
  hls.on(Events.ERROR, (_, { fatal }) => { if (fatal) onfailed(); });
  const begin = () => hls.startLoad(video.currentTime > 0 ? video.currentTime : -1);
  video.addEventListener("play", begin, { once: true });
  hls.loadSource(stream);
  hls.attachMedia(video);
  return () => {
    video.removeEventListener("play", begin);
    hls.destroy();
  };
}
