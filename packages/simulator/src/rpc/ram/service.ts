import type { RpcService } from "../call.ts";
import { aliasActions } from "./aliases.ts";
import { attachmentActions } from "./attachments.ts";
import { groupActions } from "./groups.ts";
import { policyActions } from "./policies.ts";
import { roleActions } from "./roles.ts";
import { userActions } from "./users.ts";

/** Resource Access Management, 2015-05-01: users and their keys, groups, roles, policies, the alias of an account. */
export const ramService: RpcService = {
  service: "ram",
  version: "2015-05-01",
  actions: [
    ...roleActions,
    ...userActions,
    ...groupActions,
    ...policyActions,
    ...attachmentActions,
    ...aliasActions,
  ],
};
