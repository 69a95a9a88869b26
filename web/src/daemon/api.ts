// Requests to the daemon that served this page. The session is kept in two halves, of which it takes both: a cookie that
// scripts cannot read, and the key of the page, which other ports of the computer cannot (docs/decisions/console/0016).
import { said } from "../page/i18n.ts";
import type { Finding } from "./types.ts";

// A refusal in the daemon's words; status 0 means that it did not answer at all.
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly findings: Finding[] = [],
    readonly retryAfter = 0,
  ) {
    super(message);
  }
  get silent(): boolean {
    return this.status === 0;
  }
}

export interface Asking {
  key?: string; // Idempotency-Key of what creates or changes something
  signal?: AbortSignal;
  limit?: number; // milliseconds to wait for the answer
  watches?: boolean; // nobody asked for it: it does not keep the session alive
}

// Whom this page takes for signed in: the tabs of a browser share one session, and what one person typed must not be
// saved as another's.
let person = "";
export function speakFor(name: string): void {
  person = name;
}

// In the browser's storage, so that its other pages have it too; where that is refused, for this page alone.
const key_place = "holdline.key";
let page_key = "";
export function keepKey(key: string): void {
  page_key = key;
  try {
    if (key) localStorage.setItem(key_place, key);
    else localStorage.removeItem(key_place);
  } catch {
    // see above
  }
}
function pageKey(): string {
  try {
    return localStorage.getItem(key_place) ?? page_key;
  } catch {
    return page_key;
  }
}

// What stands on every request: no other page can add it.
export function headers(): Record<string, string> {
  const key = pageKey();
  return key ? { "X-Holdline": "console", "X-Holdline-Key": key } : { "X-Holdline": "console" };
}

// Who wants to know that the session is over.
let onSignedOut: (code: string) => void = () => {};
export function whenSignedOut(listener: (code: string) => void): void {
  onSignedOut = listener;
}

// As the daemon encodes a name: everything but letters, digits and -._~ of ASCII (RFC 3986).
const asPath = (name: string): string =>
  encodeURIComponent(name).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

async function errorOf(response: Response): Promise<ApiError> {
  const error = (await response.json().catch(() => null)) ?? {};
  const retryAfter = Number(response.headers.get("Retry-After") ?? 0);
  return new ApiError(
    response.status,
    error.code ?? "unknown",
    said(error.code, error.detail ?? response.statusText),
    error.findings ?? [],
    retryAfter,
  );
}

async function answerTo<T>(
  method: string,
  path: string,
  body: unknown,
  asking: Asking,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const said = headers();
  if (body !== undefined) said["Content-Type"] = "application/json";
  if (asking.key) said["Idempotency-Key"] = asking.key;
  if (asking.watches) said["X-Holdline-Watches"] = "1";
  if (person && path !== "/status" && path !== "/login") said["X-Holdline-Person"] = asPath(person);
  const limit = AbortSignal.timeout(asking.limit ?? 10_000);
  const signal = asking.signal ? AbortSignal.any([asking.signal, limit]) : limit;
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers: said,
      body: body === undefined ? null : JSON.stringify(body),
      signal,
      cache: "no-store",
    });
    if (response.ok) return await read(response);
  } catch (error) {
    if (asking.signal?.aborted) throw error;
    throw new ApiError(0, "silent", "");
  }
  const error = await errorOf(response);
  if ((error.status === 401 || error.code === "another-person") && path !== "/login") onSignedOut(error.code);
  throw error;
}

// The answer as JSON. Throws ApiError; AbortError when `signal` says so.
export const ask = <T>(method: string, path: string, body?: unknown, asking: Asking = {}): Promise<T> =>
  answerTo(method, path, body, asking, async (response) => (await response.json()) as T);
// The same where it is a file.
export const getFile = (path: string): Promise<Blob> => answerTo("GET", path, undefined, {}, (response) => response.blob());

export const get = <T>(path: string, asking?: Asking): Promise<T> => ask<T>("GET", path, undefined, asking);

// 128 random bits: one for everything that is saved once.
export const newKey = (): string => crypto.randomUUID();
