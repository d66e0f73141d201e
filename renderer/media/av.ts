import { FFmpegError, Log } from "node-av/lib";
import { AV_LOG_FATAL, AVERROR_EAGAIN, AVERROR_EOF } from "node-av/constants";

// FFmpeg's chatter would drown the prediction's own log lines.
Log.setLevel(AV_LOG_FATAL);

/** Throws where FFmpeg says no; returns its answer otherwise. */
export function check(code: number, doing: string): number {
  if (code < 0) throw new Error(`cannot ${doing}: ${new FFmpegError(code).message}`);
  return code;
}

/** Whether a codec has nothing (more) to give; throws on every other error. */
export function drained(code: number, doing: string): boolean {
  if (code === AVERROR_EAGAIN || code === AVERROR_EOF) return true;
  check(code, doing);
  return false;
}
