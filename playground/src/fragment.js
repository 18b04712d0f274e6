// The state in the fragment of the URL: a version, a dot, and JSON after deflate and base64url. Nothing is sent: browsers
// keep the fragment to themselves.

import { complete, faultOf, shortened, versionOf } from "./fields.js";

/** The newest version of links; each page reads all that are older. */
export const VERSION = 2;
const FIRST_VERSION = 1;
export const LONGEST_LINK = 8192;
const LARGEST = 8_000_000;

/** A fragment that this page cannot read; the message says why. */
export class FragmentError extends Error {}

export async function fragmentOf(state) {
  const text = new TextEncoder().encode(JSON.stringify(shortened(state)));
  // An older page reads the link too, if it knows all that is in it.
  return `${versionOf(state)}.${base64url(await through(text, new CompressionStream("deflate-raw"), Infinity))}`;
}

export async function stateOf(fragment) {
  const [, version, packed] = /^(\d{1,9})\.([A-Za-z0-9_-]*)$/.exec(fragment) ?? [];
  if (version === undefined) throw new FragmentError("The link is broken: its end is not a state of this page.");
  if (Number(version) > VERSION) {
    throw new FragmentError(`The link is of a newer playground (version ${version}, this one reads ${VERSION}).`);
  }
  if (Number(version) < FIRST_VERSION) throw new FragmentError(`The link has the unknown version ${version}.`);
  let text;
  try {
    const bytes = await through(bytesOf(packed), new DecompressionStream("deflate-raw"), LARGEST);
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FragmentError("The link is broken: a part of it is missing or was changed.");
  }
  return stateOfText(text, "The link is broken");
}

/** The state of a file that the page has saved, or of an unpacked fragment. */
export function stateOfText(text, what) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FragmentError(`${what}: it is not JSON.`);
  }
  const fault = faultOf(value);
  if (fault) throw new FragmentError(`${what}: ${fault}.`);
  return complete(value);
}

async function through(bytes, stream, most) {
  const chunks = [];
  let length = 0;
  for await (const chunk of readable(new Blob([bytes]).stream().pipeThrough(stream))) {
    length += chunk.length;
    if (length > most) throw new FragmentError("too large");
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

async function* readable(stream) {
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}

function base64url(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function bytesOf(text) {
  const packed = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(packed, (character) => character.charCodeAt(0));
}
