import { resolve } from "node:path";
import type { Offer } from "./candidates.ts";
import { isPlainName } from "./plain-name.ts";
import type { Candidate, CompletionWorld } from "./world.ts";

/** Beginnings of addresses, with what they name. */
const schemes: readonly Candidate[] = [
  { value: "ssh://", summary: "a Linux host that runs: ssh://[USER@]HOST[:PORT]" },
  { value: "winrm://", summary: "a Windows host that runs: winrm://USER@HOST[:PORT]" },
  { value: "winrms://", summary: "the same over HTTPS" },
  { value: "esxi://", summary: "a virtual machine: esxi://[USER@]HOST[:PORT]/VM" },
  { value: "ecs://", summary: "an ECS instance: ecs://REGION/INSTANCE-ID" },
  { value: "local://", summary: "this machine" },
  { value: "https://", summary: "a disk image behind an address" },
];

/** What `Migration.from` takes: paths, hosts of the SSH configuration, regions of instances. */
export function sourceCandidates(typed: string, from: number, quote: string, world: CompletionWorld): Offer {
  const login = /^((?:ssh|esxi):\/\/(?:[^@/]*@)?)[^@/:]*$/.exec(typed);
  if (login !== null) {
    const suffix = typed.startsWith("esxi") ? "/" : quote;
    const hosts = world.names("source").filter(({ value }) => isPlainName(value));
    return {
      from: from + (login[1] ?? "").length,
      candidates: hosts.map(({ value, summary }) => ({ value, summary, suffix })),
    };
  }
  if (/^ecs:\/\/[a-z0-9-]*$/.test(typed)) {
    return {
      from: from + "ecs://".length,
      candidates: world.names("region").map(({ value, summary }) => ({ value, summary, suffix: "/" })),
      wants: { accountNames: true },
    };
  }
  if (typed.includes("://")) return { candidates: [] };
  const paths = pathCandidates(typed, from, world, quote);
  const addresses = /^[a-z]*$/.test(typed) ? schemes : [];
  return { ...paths, candidates: [...addresses, ...paths.candidates] };
}

/** Files and folders whose name goes on from a path; hidden ones once their dot is typed. */
export function pathCandidates(
  typed: string,
  from: number,
  world: Pick<CompletionWorld, "cwd" | "folder">,
  quote: string,
): Offer {
  const slash = typed.lastIndexOf("/");
  const begun = typed.slice(slash + 1);
  const folder = resolve(world.cwd, slash < 0 ? "." : typed.slice(0, slash + 1));
  const entries = world.folder(folder);
  // `.` and `..` go on as folders do.
  const dots = slash < 0 || /^(\.{0,2}\/)*$/.test(typed.slice(0, slash + 1)) ? dotFolders(begun) : [];
  const files = (entries ?? [])
    .filter(
      ({ name }) => isPlainName(name) && (!name.startsWith(".") || (begun.startsWith(".") && begun !== "..")),
    )
    .map(
      ({ name, isFolder }): Candidate =>
        isFolder ? { value: `${name}/`, summary: "folder" } : { value: name, summary: "", suffix: quote },
    );
  return {
    from: from + slash + 1,
    candidates: [...dots, ...files],
    wants: { folder },
  };
}

function dotFolders(begun: string): readonly Candidate[] {
  if (begun !== "." && begun !== "..") return [];
  return [
    ...(begun === "." ? [{ value: "./", summary: "folder" }] : []),
    { value: "../", summary: "folder" },
  ];
}
