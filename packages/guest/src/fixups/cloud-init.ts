import type { GuestFiles } from "../files/guest-files.ts";
import type { Fixup } from "./fixup.ts";

const folder = "/etc/cloud/cloud.cfg.d";
const dropIn = "99_sampan.cfg";

export const cloudInit: Fixup = {
  id: "cloud-init",
  summary:
    "Points cloud-init, where it is installed, at the metadata of ECS, and has it keep the host name and the SSH host keys.",
  appliesTo(guest) {
    return guest.type === "linux" && guest.cloudInit.installed;
  },
  async apply(files, { note }) {
    if ((await files.stat("/etc/cloud")) === undefined) return;
    if (!(await knowsAliYun(files))) {
      note("cloud-init is too old to know ECS, so it keeps the sources it has");
      return;
    }
    // Of two files that set the same, the one with the later name counts.
    const names = (await files.list(folder)).filter((name) => name.endsWith(".cfg"));
    const last = names.includes(dropIn) ? dropIn : (names[names.length - 1] ?? "");
    await files.write(
      `${folder}/${last > dropIn ? "zz_sampan.cfg" : dropIn}`,
      "# ECS gives a new instance id, for which cloud-init would make new host keys and set another host name.\n" +
        "datasource_list: [AliYun, None]\npreserve_hostname: true\nssh_deletekeys: false\n",
    );
  },
};

/** The source `AliYun` came with cloud-init 0.7.7. True also where no library is found: then it is packed otherwise. */
async function knowsAliYun(files: GuestFiles): Promise<boolean> {
  let found = false;
  for (const lib of ["/usr/lib", "/usr/lib64", "/usr/local/lib"]) {
    for (const name of await files.list(lib)) {
      if (!/^python\d(\.\d{1,3})?$/.test(name)) continue;
      for (const packages of ["dist-packages", "site-packages"]) {
        const sources = `${lib}/${name}/${packages}/cloudinit/sources`;
        if (await files.stat(`${sources}/DataSourceAliYun.py`)) return true;
        found ||= (await files.stat(sources)) !== undefined;
      }
    }
  }
  return !found;
}
