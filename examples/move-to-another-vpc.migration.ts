// Moves an ECS instance to another VPC. Run: sampan run move-to-another-vpc.migration.ts
//
// Put the region and id of your own instance in its place: a rehearsal makes an empty one of this name. Say where it moves to
// by `launch({ vpcId: "vpc-bp1…" })` or by `vSwitchId` and `securityGroupId`; without them it is the only VPC there is, which
// a rehearsal has.
import { Migration } from "sampan";

export default Migration.from("ecs://cn-hangzhou/i-rehearsal")
  .assess()
  .snapshot({ stop: true })
  .createImage({ name: "moved-to-another-vpc" })
  .launch({ test: true })
  .verify();
