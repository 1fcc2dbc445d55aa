import { registryOf } from './image-reference.ts';

/**
 * Whether an allow-list's pattern admits an image.
 *
 * `*` stands for any characters, also none and also '/'; everything else stands for itself. The pattern has to cover
 * the whole image as the row wrote it, since that text is what the Job gets; nothing is completed or normalised:
 * - `alpine` admits `alpine` alone: not `alpine:3.22`, `alpine@sha256:…` or `docker.io/library/alpine`.
 * - `alpine:*` admits every tag, with or without a digest; `alpine@*` every digest.
 * - `registry.example.com/team/*` admits all of a team's images.
 * - `alpine*` also admits `alpine-of-somebody/tool`: end a path before a star with ':', '@' or '/'.
 *
 * One rule goes beyond the characters: when the image names a registry, the part of the pattern before its first '/'
 * has to match that registry by itself, so that no star reaches from a registry into a path. Without it
 * `*.example.com/*` would admit `evil.test/x.example.com/y`, and `alpine:*` would admit `alpine:5000/evil`, which is
 * port 5000 of a host called alpine. Only the pattern `*` admits images of every registry. Which registry serves an
 * image that names none is the node's configuration: name the registry in pattern and row where that matters.
 *
 * Time is linear in the image for each literal piece of the pattern: nothing is tried twice.
 */
export function matchesImage(pattern: string, image: string): boolean {
  if (pattern === '*') return true;
  const registry = registryOf(image);
  if (registry === undefined) return matchesText(pattern, image);
  const slash = pattern.indexOf('/');
  if (slash < 0) return false;
  return (
    matchesText(pattern.slice(0, slash), registry) &&
    matchesText(pattern.slice(slash + 1), image.slice(registry.length + 1))
  );
}

function matchesText(pattern: string, text: string): boolean {
  const pieces = pattern.split('*');
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (pieces.length === 1) return pattern === text;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  // The leftmost place for each piece leaves the most room for those after it, so it never has to be taken back.
  const end = text.length - last.length;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, from);
    if (found < 0 || found + piece.length > end) return false;
    from = found + piece.length;
  }
  return true;
}
