import { fillMessage } from "@sampan/core";
import { parserMessages } from "./parser-messages.ts";

/**
 * In Chinese what TypeScript's parser said in English, by its code: `'}' expected.` of 1005 is `应为“}”。`. `undefined` for a code that is not known,
 * and for other words than that code has.
 */
export function chineseParserMessage(code: number, text: string): string | undefined {
  const [english, chinese] = parserMessages[code] ?? [];
  if (english === undefined || chinese === undefined) return undefined;
  const places: string[] = [];
  const shape = english
    .split(/(\{\d\})/)
    .map((part) => {
      if (!/^\{\d\}$/.test(part)) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      places.push(part.slice(1, -1));
      return "(.+?)";
    })
    .join("");
  const found = new RegExp(`^${shape}$`, "s").exec(text);
  if (found === null) return undefined;
  return fillMessage(chinese, Object.fromEntries(places.map((place, at) => [place, found[at + 1] ?? ""])));
}
