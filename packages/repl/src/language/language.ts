import { globalOption, wordsBeforeDashes } from "../global-options.ts";

/** A language that Sampan speaks. */
export type Language = "en" | "zh-CN";

/** Every language, as `--lang` takes them. */
export const languages: readonly Language[] = ["en", "zh-CN"];

/** What the language is chosen by. */
export interface LanguageQuestion {
  /** What was typed after `sampan`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Chooses the language of what is said to people: `--lang`, else `SAMPAN_LANG`, else the locale (`LC_ALL`, `LC_MESSAGES`, `LANG`, the
 * first that is set). Simplified Chinese (`zh`, `zh_CN`, `zh_SG`, `zh-Hans`) is Chinese, everything else English.
 *
 * Under `--json` and `--sarif` it is English always: what programs read never depends on where they run. A locale in another encoding than
 * UTF-8 is English as well, and so is the console of the Linux kernel, which has no Chinese characters; both may be asked for by name.
 */
export function languageOf({ argv, env }: LanguageQuestion): Language {
  const words = wordsBeforeDashes(argv);
  if (words.includes("--json") || words.includes("--sarif")) return "en";
  const named = globalOption(argv, "--lang") ?? (env.SAMPAN_LANG || undefined);
  if (named !== undefined) return isSimplifiedChinese(named) ? "zh-CN" : "en";
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || "";
  const encoding = /\.([^@]+)/.exec(locale)?.[1] ?? "UTF-8";
  if (!/^utf-?8$/i.test(encoding) || env.TERM === "linux") return "en";
  return isSimplifiedChinese(locale) ? "zh-CN" : "en";
}

function isSimplifiedChinese(name: string): boolean {
  return /^zh([_-](cn|sg|hans)\b.*)?$/i.test(name.replace(/[.@].*$/, ""));
}
