import { type ImportedImage, Migration } from "@sampan/sdk";

/**
 * The plan of the demo: the same as `examples/first-migration.migration.ts`, which a test compares with it, for
 * installations that come without the examples.
 */
export function demoPlan(): ImportedImage {
  return Migration.from("./.sampan/demo/first-guest.qcow2")
    .assess()
    .prepare()
    .capture()
    .toVhd()
    .upload("first-migration", { createBucket: true })
    .import({ name: "first-guest", createRole: true })
    .copyTo("cn-shanghai", "ap-southeast-1");
}
