import { z } from "zod";
import type { Language } from "../features/plan-document.ts";

/** What a user sets of the server, in the section `sampan` of the editor's settings. */
export interface ServerSettings {
  /** Levels of rules by their code; `off` silences one. */
  readonly levels: Readonly<Record<string, "error" | "warning" | "info" | "hint" | "off">>;
  /** Regions to know besides those of the catalogue. */
  readonly extraRegions: readonly string[];
  /** Language of titles, hints and hovers. */
  readonly language: Language;
  /** Whether steps have a `Run to here` of their own. */
  readonly stepLenses: boolean;
  /** Whether hints are shown behind steps. */
  readonly inlayHints: boolean;
}

/** What holds until the client says otherwise. */
export const defaultSettings: ServerSettings = {
  levels: {},
  extraRegions: [],
  language: "en",
  stepLenses: true,
  inlayHints: true,
};

const parts = {
  levels: z.record(z.string().regex(/^SMP\d{3}$/), z.enum(["error", "warning", "info", "hint", "off"])),
  extraRegions: z.array(z.string().regex(/^[a-z]{2}(-[a-z]+)+(-\d+)?$/)).max(200),
  stepLenses: z.boolean(),
  inlayHints: z.boolean(),
} as const;

/**
 * Reads settings. What is malformed keeps its default and is named in `refused`; what is unknown is left alone, for the section belongs
 * to the client too.
 *
 * @param given the section `sampan`, as an object
 * @param locale the client's language, which decides where `lang` does not
 */
export function readSettings(
  given: unknown,
  locale?: string,
): { readonly settings: ServerSettings; readonly refused: readonly string[] } {
  const record = (typeof given === "object" && given !== null ? given : {}) as Readonly<
    Record<string, unknown>
  >;
  const refused: string[] = [];
  const read = Object.entries(parts).flatMap(([key, schema]) => {
    if (record[key] === undefined || record[key] === null) return [];
    const result = schema.safeParse(record[key]);
    if (result.success) return [[key, result.data] as const];
    refused.push(key);
    return [];
  });
  const { lang } = record;
  const isLang = typeof lang === "string" && /^(auto|en|zh)([_-]|$)/i.test(lang);
  if (lang !== undefined && lang !== null && !isLang) refused.push("lang");
  return {
    settings: {
      ...defaultSettings,
      ...(Object.fromEntries(read) as Partial<ServerSettings>),
      language: languageOf(isLang ? lang : "auto", locale),
    },
    refused,
  };
}

function languageOf(lang: string, locale: string | undefined): Language {
  const asked = lang.toLowerCase() === "auto" ? locale : lang;
  // Traditional Chinese is another language to its readers, and not there.
  return /^zh([_-](cn|sg|hans)\b.*)?$/i.test(asked ?? "") ? "zh" : "en";
}
