import type { PublishedVideo } from "#lib/api/feed.ts";

const DESCRIPTION_MAX = 180;

/** What search engines and link previews are told about a film. Addresses are absolute. */
export function filmMeta(video: PublishedVideo, origin: string) {
  const page = `${origin}/watch/${video.id}`;
  const image = video.poster ? new URL(video.poster.jpeg1280, origin).href : null;
  const source = video.sources[0];
  const content = source ? new URL(source.url, origin).href : null;
  const whole = video.description.replaceAll(/\s+/g, " ").trim();
  const description = whole.length > DESCRIPTION_MAX ? `${whole.slice(0, DESCRIPTION_MAX - 1)}…` : whole;
  const linked = {
    "@context": "https://schema.org", "@type": "VideoObject", name: video.title, description: description || video.title, uploadDate: video.publishedAt,
    duration: `PT${Math.max(1, Math.round(video.seconds))}S`, url: page, author: { "@type": "Organization", name: video.maker.name, url: `${origin}/@${video.maker.handle}` },
    ...(image && { thumbnailUrl: image }), ...(content && { contentUrl: content }), ...(video.tags.length > 0 && { keywords: video.tags.join(", ") }),
  };
  return { page, image, source: source ?? null, content, description, linked };
}

/** JSON-LD as an element. No text of a film can end it. */
export const linkedData = (value: unknown): string => `<script type="application/ld+json">${JSON.stringify(value).replaceAll("<", "\\u003c")}</${"script"}>`;
