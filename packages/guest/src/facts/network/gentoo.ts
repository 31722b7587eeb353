import type { InterfaceFacts } from "../../facts.ts";
import type { GuestFiles } from "../../files/guest-files.ts";
import { parseShellVariables } from "../shell-variables.ts";

const source = "/etc/conf.d/net";

/** Gentoo: `config_eth0="dhcp"` in `/etc/conf.d/net`. */
export async function readGentooNet(files: GuestFiles): Promise<readonly InterfaceFacts[]> {
  const found: InterfaceFacts[] = [];
  for (const [key, value] of parseShellVariables(await files.readText(source))) {
    const name = /^config_(\w+)$/.exec(key)?.[1];
    if (name === undefined || name === "lo") continue;
    // Older versions wrote a list in parentheses.
    const words = value
      .replace(/[()"']/g, " ")
      .trim()
      .split(/\s+/);
    found.push({
      name: name.replace("_", "."),
      method: words.includes("dhcp")
        ? "dhcp"
        : words.some((word) => /^\d+\./.test(word))
          ? "static"
          : "other",
      ipv6: words.filter((word) => /^[\da-f]*:[\da-f:]*(?:\/\d+)?$/i.test(word)),
      source,
    });
  }
  return found;
}
