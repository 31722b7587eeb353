import { entryOf, type PlacedValue } from "../analysis/placed-value.ts";
import type { PlanChain } from "../analysis/plan-analysis.ts";

/** The source of a plan as far as its text tells it. */
export interface PlanSource {
  readonly kind: "image-file" | "image-url" | "ssh" | "winrm" | "esxi" | "ecs" | "local";
  /** What a person calls it: the host, the machine, the file. */
  readonly title: string;
  /** Name that images and objects get; absent where only the machine itself tells it. */
  readonly name?: string;
  readonly region?: string;
  readonly instanceId?: string;
}

/** Reads what `from` was given; `undefined` for what is computed, or no source. */
export function planSource(source: PlacedValue): PlanSource | undefined {
  if (source.kind === "text") return sourceOfText(source.value);
  const kind = textOf(source, "kind");
  const host = textOf(source, "host");
  const path = textOf(source, "path");
  const url = textOf(source, "url");
  const instanceId = textOf(source, "instanceId");
  const region = textOf(source, "region");
  const vm = textOf(source, "vm");
  if (kind === "image-file" && path !== undefined) return imageSource("image-file", path);
  if (kind === "image-url" && url !== undefined) return sourceOfText(url);
  if (kind === "local") return { kind, title: "local" };
  if (kind === "ecs" && region !== undefined && instanceId !== undefined) {
    return { kind, title: instanceId, region, instanceId };
  }
  if (kind === "esxi" && vm !== undefined) return { kind, title: vm };
  if ((kind === "ssh" || kind === "winrm") && host !== undefined) return { kind, title: host };
  return undefined;
}

/** What a person calls the host of a chain, also when it is computed. */
export function hostTitle(chain: PlanChain): string {
  return planSource(chain.source)?.title ?? chain.name;
}

function textOf(value: PlacedValue, key: string): string | undefined {
  const entry = entryOf(value, key)?.value;
  return entry?.kind === "text" ? entry.value : undefined;
}

function sourceOfText(text: string): PlanSource | undefined {
  const scheme = /^([a-z][a-z0-9+.-]{0,30}):\/\//i.exec(text)?.[1]?.toLowerCase();
  const rest = text.slice(text.indexOf("://") + 3);
  const [authority = "", path = ""] = [rest.split("/", 1)[0], rest.split("/").slice(1).join("/")];
  const host = authority.slice(authority.lastIndexOf("@") + 1).replace(/:\d{1,5}$/, "");
  switch (scheme) {
    case undefined:
      return text === "" ? undefined : imageSource("image-file", text);
    case "file":
      return imageSource("image-file", `/${path}`);
    case "http":
    case "https":
      return imageSource("image-url", path.replace(/[?#].*$/, "") || authority);
    case "ssh":
      return host === "" ? undefined : { kind: "ssh", title: host };
    case "winrm":
    case "winrms":
      return host === "" ? undefined : { kind: "winrm", title: host };
    case "esxi":
      return path === "" ? undefined : { kind: "esxi", title: path };
    case "local":
      return { kind: "local", title: "local" };
    case "ecs":
      return path === ""
        ? undefined
        : { kind: "ecs", title: path, region: authority, instanceId: path.replace(/\/$/, "") };
    default:
      return undefined;
  }
}

function imageSource(kind: "image-file" | "image-url", path: string): PlanSource {
  const file =
    path
      .split(/[\\/]/)
      .filter((part) => part !== "")
      .at(-1) ?? path;
  return { kind, title: file, name: imageHostName(file) };
}

/**
 * Name of the host in an image file, as `@sampan/host` makes it: the file's name without its ending, with dashes for all but letters,
 * digits and dots.
 */
function imageHostName(file: string): string {
  const stem = file.replace(/\.[A-Za-z0-9]{1,6}$/, "");
  const plain = stem.replace(/[^A-Za-z0-9.]+/g, "-").replace(/^[^A-Za-z]+|[-.]+$/g, "");
  return plain.length >= 2 ? plain.slice(0, 100) : `disk-${plain || "image"}`;
}
