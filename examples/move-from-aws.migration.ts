// Moves an instance of AWS by what `aws ec2 export-image` wrote. Run: sampan run move-from-aws.migration.ts
//
// Download the VHD from its bucket first, or read it in place by a signed address, as the example for Azure does.
import { Migration } from "sampan";

export default Migration.from("./exports/export-ami.vhd")
  .assess()
  .prepare({ skip: ["serial-console"] })
  .capture()
  .toVhd()
  .upload("moved-from-aws", { createBucket: true })
  .import({ name: "from-aws", createRole: true })
  .copyTo("ap-southeast-1");
