// Moves a machine of Azure, read in place at a signed address. Run: DISK_URL=… DISK_QUERY=… sampan run move-from-azure.migration.ts
//
// `az disk grant-access` prints the address: DISK_URL is what stands before its `?`, DISK_QUERY the signature behind it, which no plan and
// no journal may hold. Nothing is downloaded to this machine; the signature must hold as long as the run takes.
import { Migration } from "sampan";

const url = process.env.DISK_URL ?? "https://example.blob.core.windows.net/exports/web-01.vhd";

export default Migration.from({ kind: "image-url", url, queryFrom: { env: "DISK_QUERY" } })
  .assess()
  .prepare()
  .capture()
  .toVhd()
  .upload("moved-from-azure", { createBucket: true })
  .import({ name: "from-azure", createRole: true });
