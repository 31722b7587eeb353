import type { LinuxFacts } from "../facts.ts";
import type { GuestFiles } from "../files/guest-files.ts";
import { textLines, wordsOf } from "./lines.ts";

/** Whether root can log in, by password or by key; `null` when the guest has no shadow file. */
export async function readRootAccount(files: GuestFiles): Promise<LinuxFacts["rootAccount"]> {
  const shadow = await files.readText("/etc/shadow");
  if (shadow === undefined) return null;
  const hash = fieldsOfRoot(shadow)?.[1];
  const home = fieldsOfRoot(await files.readText("/etc/passwd"))?.[5] || "/root";
  let hasAuthorizedKeys = false;
  for (const name of ["authorized_keys", "authorized_keys2"]) {
    const lines = textLines(await files.readText(`${home}/.ssh/${name}`));
    hasAuthorizedKeys ||= lines.some((line) => wordsOf(line).length > 1);
  }
  return {
    password: hash === undefined ? "missing" : hash === "" ? "empty" : /^[!*]/.test(hash) ? "locked" : "set",
    hasAuthorizedKeys,
  };
}

function fieldsOfRoot(text: string | undefined): readonly string[] | undefined {
  return textLines(text)
    .find((line) => line.startsWith("root:"))
    ?.split(":");
}
