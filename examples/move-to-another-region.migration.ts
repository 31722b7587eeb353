// Moves an ECS instance to another region. Run: sampan run move-to-another-region.migration.ts
//
// Put the region and id of your own instance in its place: a rehearsal makes an empty one of this name.
import { Migration } from "sampan";

export default Migration.from("ecs://cn-hangzhou/i-rehearsal")
  .assess()
  .snapshot({ stop: true })
  .createImage({ name: "moved-to-another-region" })
  .copyTo("cn-shanghai")
  .launch({ region: "cn-shanghai", test: true })
  .verify();
