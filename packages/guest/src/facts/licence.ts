import type { LinuxFacts } from "../facts.ts";
import type { GuestFiles } from "../files/guest-files.ts";

/** What a registered host has, and what its vendor's client keeps even on one that is not, by product. */
const traces = {
  rhel: {
    registered: ["/etc/pki/consumer/cert.pem", "/etc/sysconfig/rhn/systemid"],
    client: ["/etc/rhsm/rhsm.conf", "/etc/sysconfig/rhn/up2date"],
  },
  sles: {
    registered: ["/etc/zypp/credentials.d/SCCcredentials", "/etc/zypp/credentials.d/NCCcredentials"],
    client: ["/etc/zypp/zypp.conf", "/etc/SUSEConnect"],
  },
} as const;

/** The subscription of RHEL and SLES: whether the host is registered. `null` for what needs none. */
export async function readLicence(files: GuestFiles, family: string): Promise<LinuxFacts["licence"]> {
  if (family !== "rhel" && family !== "sles") return null;
  const first = async (paths: readonly string[]) => {
    for (const path of paths) if ((await files.stat(path))?.kind === "file") return path;
    return null;
  };
  const proof = await first(traces[family].registered);
  if (proof !== null) return { product: family, registered: true, source: proof };
  const source = await first(traces[family].client);
  return { product: family, registered: source === null ? null : false, source };
}
