// Moves an instance of Google Cloud by its exported image. Run: sampan run move-from-google-cloud.migration.ts
//
// `gcloud compute images export … --export-format=vmdk` writes it. Sends at most 25 MB/s, so that the office has a line too.
import { Migration } from "sampan";

export default Migration.from("./exports/web-01-google.vmdk")
  .assess()
  .prepare()
  .capture()
  .toVhd()
  .upload("moved-from-google", { createBucket: true, bytesPerSecond: 25_000_000 })
  .import({ name: "from-google", createRole: true });
