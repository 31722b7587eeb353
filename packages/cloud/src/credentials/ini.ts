import { SampanError } from "@sampan/core";

/** Sections of an INI file by name; keys are lower case. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads an INI file: `[section]`, `key = value`, comments from `#` or `;` at the start of a line. What stands before the first section
 * belongs to the section with the empty name.
 *
 * @throws `CLOUD_CREDENTIALS_INVALID` with path and line, never with what stands there.
 */
export function parseIni(path: string, text: string): Ini {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  sections.set("", section);
  for (const [index, written] of text.split(/\r\n|\n|\r/).entries()) {
    const line = written.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    if (line.startsWith("[") && line.endsWith("]")) {
      const name = line.slice(1, -1).trim();
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      continue;
    }
    const at = line.indexOf("=");
    if (at <= 0) {
      throw new SampanError(
        "CLOUD_CREDENTIALS_INVALID",
        `reading ${path}: line ${index + 1} is neither a section nor a setting`,
        { details: { path, line: index + 1 } },
      );
    }
    section.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim());
  }
  return sections;
}
