/** Path and parameters of a request line, decoded once and otherwise untouched: no segment is ever normalised away. */
export interface RequestTarget {
  /** Decoded; begins with a slash. */
  readonly path: string;
  /** Decoded names and values in their order on the wire. A name without `=` has an empty value. */
  readonly query: readonly (readonly [string, string])[];
}

/** Takes a request line apart; `undefined` when its percent-encoding is broken. */
export function parseRequestTarget(url: string): RequestTarget | undefined {
  // A client behind a proxy setting may send the absolute form.
  const relative = url.replace(/^https?:\/\/[^/?]*/i, "");
  const mark = relative.indexOf("?");
  const path = mark < 0 ? relative : relative.slice(0, mark);
  try {
    return {
      path: decodeURIComponent(path.startsWith("/") ? path : `/${path}`),
      query: mark < 0 ? [] : parseForm(relative.slice(mark + 1)),
    };
  } catch {
    return undefined;
  }
}

/** Decodes a query string or form body; throws URIError when its percent-encoding is broken. */
export function parseForm(text: string): [string, string][] {
  return text
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      const name = equals < 0 ? pair : pair.slice(0, equals);
      const value = equals < 0 ? "" : pair.slice(equals + 1);
      return [decodeFormText(name), decodeFormText(value)];
    });
}

function decodeFormText(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}

/** Percent-encodes everything but the unreserved characters of RFC 3986. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Headers with one string per name. Repeated headers are joined with a comma. */
export function flatHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string>> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(",") : value;
  }
  return flat;
}

/** A host header without its port, in lower case. Brackets of an IPv6 address stay. */
export function hostName(host: string): string {
  return host.trim().toLowerCase().replace(/:\d+$/, "");
}

/** Whether a host name is an IP address. */
export function isIpAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.startsWith("[");
}
