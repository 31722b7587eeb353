import type { LinuxFacts } from "../facts.ts";
import type { GuestFiles } from "../files/guest-files.ts";
import { BootServices } from "./boot-services.ts";
import { pathsMatching } from "./glob.ts";
import { iniValues, parseIni } from "./ini.ts";
import { textLines } from "./lines.ts";
import { parseShellVariables } from "./shell-variables.ts";
import { shellWords } from "./shell-words.ts";

const configFile = "/etc/ssh/sshd_config";
const programs = [
  "/usr/sbin/sshd",
  "/usr/bin/sshd",
  "/lib/systemd/system/ssh.service",
  "/usr/lib/systemd/system/sshd.service",
];
const unitFolders = ["/usr/lib/systemd/system", "/lib/systemd/system", "/etc/systemd/system"];
/** Units through which systemd listens in the server's place. */
const socketUnits = ["ssh.socket", "sshd.socket", "dropbear.socket"];
/** Files that a configuration may take in, one within the other, are no more than this. */
const maxFiles = 64;

/** The SSH server as configured: OpenSSH, or dropbear where that is not installed. */
export async function readSshd(files: GuestFiles, services?: BootServices): Promise<LinuxFacts["sshd"]> {
  const found = services ?? (await BootServices.read(files));
  const main = await files.readText(configFile);
  let installed = main !== undefined;
  for (const path of programs) installed ||= (await files.stat(path)) !== undefined;
  if (!installed) return readDropbear(files);
  const settings = new Map<string, string[]>();
  await readConfig(files, configFile, settings, { count: 0 });
  const values = (key: string) => settings.get(key) ?? [];
  // With no file at all nothing is known; sshd itself would not start.
  const ports = main === undefined ? [] : portsOf(values("port"), values("listenaddress"));
  return {
    installed: true,
    ports: (await socketPorts(files, found, ports)) ?? ports,
    permitRootLogin: values("permitrootlogin")[0] ?? null,
  };
}

/** Takes the settings of a file that hold for everybody, those of files it includes in their place. */
async function readConfig(
  files: GuestFiles,
  path: string,
  settings: Map<string, string[]>,
  read: { count: number },
): Promise<void> {
  if (++read.count > maxFiles) return;
  // A Match block holds for some users only, and to the end of its file.
  let applies = true;
  for (const line of textLines(await files.readText(path))) {
    const [word = "", ...rest] = shellWords(line.replace(/^(\s*\w+)\s*=/, "$1 "));
    const key = word.toLowerCase();
    if (key === "match") applies = rest[0]?.toLowerCase() === "all";
    else if (applies && key === "include") {
      for (const pattern of rest) {
        const absolute = pattern.startsWith("/") ? pattern : `/etc/ssh/${pattern}`;
        for (const one of await pathsMatching(files, absolute)) await readConfig(files, one, settings, read);
      }
    } else if (applies && rest[0] !== undefined) {
      const known = settings.get(key);
      if (known) known.push(rest[0]);
      else settings.set(key, [rest[0]]);
    }
  }
}

/** Ports that addresses name, and `Port` for those that name none. */
function portsOf(ports: readonly string[], addresses: readonly string[]): readonly number[] {
  const given = ports.map(Number).filter(isPort);
  const standard = given.length > 0 ? given : [22];
  if (addresses.length === 0) return standard;
  return [...new Set(addresses.flatMap((address) => portIn(address) ?? standard))];
}

/** `10.0.0.1:2222`, `[::]:2222`, `host:2222`; an IPv6 address without brackets has no port. */
function portIn(address: string): number | undefined {
  const port = Number(/^(?:\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(address)?.[1]);
  return isPort(port) ? port : undefined;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

/** Ports on which systemd listens for the server; `undefined` when it does not. */
async function socketPorts(
  files: GuestFiles,
  services: BootServices,
  configured: readonly number[],
): Promise<readonly number[] | undefined> {
  for (const unit of socketUnits) {
    if ((await services.unit(unit)) === undefined) continue;
    // Ubuntu makes the socket from the server's own configuration when the guest starts.
    const generated =
      (await files.stat("/usr/lib/systemd/system-generators/sshd-socket-generator")) !== undefined;
    const parts: string[] = [];
    for (const folder of unitFolders) {
      const whole = await files.readText(`${folder}/${unit}`);
      // The administrator's unit takes the place of the package's.
      if (whole !== undefined) parts[0] = whole;
    }
    for (const folder of unitFolders) {
      for (const name of await files.list(`${folder}/${unit}.d`)) {
        if (name.endsWith(".conf")) parts.push((await files.readText(`${folder}/${unit}.d/${name}`)) ?? "");
      }
    }
    let ports = generated ? [...configured] : [];
    for (const part of generated ? parts.slice(1) : parts) {
      for (const stream of iniValues(parseIni(part), "socket", "listenstream")) {
        const port = Number(/(?:^|:)(\d{1,5})$/.exec(stream)?.[1]);
        // An empty value forgets what came before.
        if (stream === "") ports = [];
        else if (isPort(port)) ports.push(port);
      }
    }
    return [...new Set(ports)];
  }
  return undefined;
}

/** dropbear takes its settings as arguments, which distributions keep in different files. */
async function readDropbear(files: GuestFiles): Promise<LinuxFacts["sshd"]> {
  const none = { installed: false, ports: [], permitRootLogin: null };
  if (!((await files.stat("/usr/sbin/dropbear")) ?? (await files.stat("/usr/bin/dropbear")))) return none;
  const values = new Map<string, string>();
  for (const path of ["/etc/default/dropbear", "/etc/conf.d/dropbear", "/etc/sysconfig/dropbear"]) {
    for (const [key, value] of parseShellVariables(await files.readText(path))) values.set(key, value);
  }
  const more = ["DROPBEAR_EXTRA_ARGS", "DROPBEAR_OPTS", "OPTIONS"]
    .map((key) => values.get(key) ?? "")
    .join(" ");
  const words = shellWords(more);
  const ports = words.flatMap((word, at) => {
    const given = word === "-p" ? words[at + 1] : /^-p(.+)$/.exec(word)?.[1];
    return given === undefined ? [] : [portIn(given) ?? Number(given)];
  });
  const all = [Number(values.get("DROPBEAR_PORT") ?? Number.NaN), ...ports].filter(isPort);
  return {
    installed: true,
    ports: all.length > 0 ? all : [22],
    permitRootLogin: words.includes("-w") ? "no" : words.includes("-g") ? "prohibit-password" : null,
  };
}
