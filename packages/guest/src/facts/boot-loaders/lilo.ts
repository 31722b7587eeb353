import type { GuestFiles } from "../../files/guest-files.ts";
import { pairOf, textLines } from "../lines.ts";
import { shellWords } from "../shell-words.ts";
import type { BootConfiguration, BootEntry } from "./boot-entry.ts";

/** Reads the configuration of LILO, where its map is there too: without that it was never installed. */
export async function readLilo(files: GuestFiles): Promise<BootConfiguration | undefined> {
  const source = "/etc/lilo.conf";
  const text = await files.readText(source);
  if (text === undefined) return undefined;
  const installed = (await files.stat("/boot/map")) ?? (await files.stat("/sbin/lilo"));
  return installed && parseLilo(text, source);
}

interface Section {
  readonly line: number;
  readonly options: Map<string, { readonly value: string; readonly line: number }>;
}

/** Reads `lilo.conf`: what stands before the first image holds for all. */
export function parseLilo(text: string, source: string): BootConfiguration {
  const shared: Section = { line: 1, options: new Map() };
  const images: Section[] = [];
  let current: Section | undefined = shared;
  textLines(text).forEach((raw, index) => {
    const [name, value = ""] = pairOf(raw) ?? [];
    const line = index + 1;
    if (name === "image") {
      current = { line, options: new Map() };
      images.push(current);
    } else if (name === "other") current = undefined;
    else if (name !== undefined) current?.options.set(name, { value: shellWords(value).join(" "), line });
  });
  const entryOf = (image: Section): BootEntry => {
    const option = (name: string) => image.options.get(name) ?? shared.options.get(name);
    const root = option("root");
    const more = [option("append")?.value, image.options.get("addappend")?.value].join(" ").trim();
    const given = root === undefined ? [] : [`root=${root.value}`];
    return {
      arguments: [...given, ...(more === "" ? [] : more.split(/\s+/))],
      line: root?.line ?? image.line,
    };
  };
  const standard = shared.options.get("default")?.value;
  const chosen = images.find((image) => image.options.get("label")?.value === standard) ?? images[0];
  return {
    kind: "lilo",
    source,
    entries: images.map(entryOf),
    defaultEntry: chosen && entryOf(chosen),
  };
}
