import type { PersistentNetRule } from "../facts.ts";
import type { GuestFiles } from "../files/guest-files.ts";
import { iniValues, parseIni } from "./ini.ts";
import { textLines } from "./lines.ts";

/** Reads the rules of udev and the links of systemd that give a name to one machine's network card. */
export async function readPersistentNetRules(files: GuestFiles): Promise<readonly PersistentNetRule[]> {
  const found: PersistentNetRule[] = [];
  for (const name of await files.list("/etc/udev/rules.d")) {
    const source = `/etc/udev/rules.d/${name}`;
    if (name.endsWith(".rules")) found.push(...parseUdevRules((await files.readText(source)) ?? "", source));
  }
  for (const name of await files.list("/etc/systemd/network")) {
    const source = `/etc/systemd/network/${name}`;
    if (name.endsWith(".link")) found.push(...parseLinkFile((await files.readText(source)) ?? "", source));
  }
  return found;
}

/** One match or assignment of a udev rule. Bounds keep the search linear. */
const clause = /\b([A-Z_]{1,32})(?:\{([^}]{0,128})\})?\s{0,16}([=!+:-]?=)\s{0,16}"([^"]*)"/g;

/** Reads the rules of a udev file that name a network interface by its hardware address or its place on the bus. */
export function parseUdevRules(text: string, source: string): readonly PersistentNetRule[] {
  const found: PersistentNetRule[] = [];
  let rule = "";
  let line = 0;
  textLines(text).forEach((raw, index) => {
    if (rule === "") line = index + 1;
    const goesOn = raw.endsWith("\\");
    rule = (rule + (goesOn ? raw.slice(0, -1) : raw)).slice(0, 4096);
    if (goesOn) return;
    const whole = rule;
    rule = "";
    if (whole.trimStart().startsWith("#")) return;
    const clauses = [...whole.matchAll(clause)];
    const matched = (...keys: readonly string[]) =>
      clauses.find(
        ([, key, field, mark]) =>
          mark === "==" && keys.includes(field === undefined ? `${key}` : `${key}{${field}}`),
      )?.[4];
    const assigned = (key: string) =>
      clauses.find(([, one, , mark]) => one === key && (mark === "=" || mark === ":="))?.[4];
    const macAddress = matched("ATTR{address}", "ATTRS{address}", "SYSFS{address}", "ENV{MATCHADDR}");
    const place = matched("KERNELS", "ID", "BUSID", "ENV{ID_PATH}", "ATTR{dev_port}");
    // SUSE 10 renames by a program.
    const name = assigned("NAME") ?? /rename_netiface\s+\S+\s+(\S+)/.exec(assigned("IMPORT") ?? "")?.[1];
    const isNet =
      matched("SUBSYSTEM", "SUBSYSTEMS") === "net" || /^(?:eth|en|wl)/.test(matched("KERNEL") ?? "");
    if (name && isNet && (macAddress !== undefined || place !== undefined)) {
      found.push({ source, line, name, macAddress: macAddress?.toLowerCase() ?? null });
    }
  });
  return found;
}

/** Reads a `.link` file that names an interface by its hardware address or its place on the bus. */
function parseLinkFile(text: string, source: string): readonly PersistentNetRule[] {
  const values = parseIni(text);
  const name = values.find((one) => one.section === "link" && one.key === "name");
  const macAddress =
    iniValues(values, "match", "macaddress")[0] ?? iniValues(values, "match", "permanentmacaddress")[0];
  const place = iniValues(values, "match", "path")[0];
  return name === undefined || (macAddress === undefined && place === undefined)
    ? []
    : [{ source, line: name.line, name: name.value, macAddress: macAddress?.toLowerCase() ?? null }];
}
