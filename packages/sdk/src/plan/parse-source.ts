import { SampanError } from "@sampan/core";
import { checked } from "./checked.ts";
import { type SourceSpec, sourceSpec } from "./sources.ts";

/** How each kind of source is written. */
const forms = {
  ssh: "ssh://[USER@]HOST[:PORT]",
  local: "local://",
  winrm: "winrm://USER@HOST[:PORT]",
  winrms: "winrms://USER@HOST[:PORT]",
  esxi: "esxi://[USER@]HOST[:PORT]/VM",
  ecs: "ecs://REGION/INSTANCE-ID, such as ecs://cn-hangzhou/i-bp1…",
} as const;

type Scheme = keyof typeof forms;

// Longer than any path a system takes; what is longer is nothing a person wrote.
const longest = 8192;

/**
 * Reads a source as people write it: a path, `file://…`, `ssh://…`, `local://`, `winrm://…`, `winrms://…`, `esxi://…`, `ecs://…`, or
 * the `https://` address of an image file. Does no I/O.
 *
 * @throws `HOST_SOURCE_INVALID` for what names no host, and for addresses with a password; `PLAN_INVALID` for a part that no host,
 * user or region is called.
 *
 * @example
 * ```ts
 * parseSource("ssh://root@web-01:2222"); // { kind: "ssh", host: "web-01", user: "root", port: 2222 }
 * ```
 */
export function parseSource(text: string): SourceSpec {
  if (text === "" || text.length > longest || text.includes("\0")) {
    throw invalid("the path of a disk image is empty, too long, or holds a zero byte");
  }
  const scheme = /^([a-z][a-z0-9+.-]{0,30}):\/\//i.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return { kind: "image-file", path: text };
    case "file":
      if (!URL.canParse(text)) throw invalid(`${quoted(text)} is no address of a file`);
      return { kind: "image-file", path: decoded(new URL(text).pathname, text) };
    case "http":
    case "https":
      return checked(sourceSpec, { kind: "image-url", url: text }, doing);
    case "ecs":
      return parseEcs(text);
    case "local":
      if (!/^local:\/\/\/?$/i.test(text)) throw malformed(text, scheme);
      return { kind: "local" };
    case "ssh":
    case "winrm":
    case "winrms":
    case "esxi":
      return parseLogin(text, scheme);
    default:
      throw invalid(`${scheme}:// names no kind of host`);
  }
}

const doing = "Migration.from()";

function parseEcs(text: string): SourceSpec {
  const found = /^ecs:\/\/([^/]+)\/([^/]+)\/?$/i.exec(text);
  if (found === null) throw malformed(text, "ecs");
  return checked(sourceSpec, { kind: "ecs", region: found[1], instanceId: found[2] }, doing);
}

function parseLogin(text: string, scheme: "ssh" | "winrm" | "winrms" | "esxi"): SourceSpec {
  const rest = text.slice(text.indexOf("://") + 3);
  const slash = rest.indexOf("/");
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? "" : rest.slice(slash + 1);
  const at = authority.lastIndexOf("@");
  const place = /^(?:\[([^[\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(authority.slice(at + 1));
  const user = at < 0 ? undefined : authority.slice(0, at);
  // Before anything else is found wrong: other messages repeat the address.
  if (user?.includes(":")) {
    throw new SampanError("HOST_SOURCE_INVALID", `${doing}: a ${scheme}:// address holds a password`, {
      hint: 'Plans hold no secrets: leave it out, and say where it is found, such as `passwordFrom: { env: "NAME" }`.',
    });
  }
  if (place === null) throw malformed(text, scheme);
  const login = {
    host: decoded(place[1] ?? place[2] ?? "", text),
    ...(user === undefined ? {} : { user: decoded(user, text) }),
    ...(place[3] === undefined ? {} : { port: Number(place[3]) }),
  };
  if (login.host === "") throw malformed(text, scheme);
  if (scheme === "esxi") {
    const vm = decoded(path.replace(/\/$/, ""), text);
    if (vm === "") throw malformed(text, scheme);
    return checked(sourceSpec, { kind: "esxi", ...login, vm }, doing);
  }
  if (path !== "") throw malformed(text, scheme);
  if (scheme === "ssh") return checked(sourceSpec, { kind: "ssh", ...login }, doing);
  if (user === undefined) throw malformed(text, scheme);
  return checked(
    sourceSpec,
    { kind: "winrm", ...login, ...(scheme === "winrms" ? { tls: true } : {}) },
    doing,
  );
}

/** Text of an address without its percent signs. */
function decoded(part: string, whole: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid(`${quoted(whole)} has a percent sign that encodes nothing`);
  }
}

function malformed(text: string, scheme: Scheme): SampanError {
  return new SampanError("HOST_SOURCE_INVALID", `${doing}: ${quoted(text)} names no host`, {
    hint: `Write ${forms[scheme]}.`,
  });
}

function invalid(what: string): SampanError {
  return new SampanError("HOST_SOURCE_INVALID", `${doing}: ${what}`);
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
