import { translationOf } from "@sampan/core";
import type { accounts } from "../english/accounts.ts";

export const chineseAccounts = translationOf<typeof accounts>()({
  "SMP130.private-key":
    "此文件中有私钥：任何能读取该文件的人都可以登录。请用 identityFile 指明私钥文件，并更换密钥。",
  "SMP130.access-key":
    "此文件中有 AccessKey。请改用凭证配置（{call}）或环境变量，并轮换该密钥：它已不再保密。",
  "SMP130.access-key-secret": "此文件中有 AccessKey 的密钥。请改用凭证配置或环境变量，并轮换该密钥。",
  "SMP130.password": "此文件中有密码。请改为指明密码的来源，passwordFrom: {where}，并更换密码。",
  "SMP130.address": "此地址中有密码。请将其删除并指明密码的来源，passwordFrom: {where}；然后更换密码。",
  "SMP130.environment": "从 {name} 读取",
  "SMP130.remove": "删除密码",
  "SMP131.host-key":
    "StrictHostKeyChecking 已关闭：任何机器都可以冒充该主机。请将主机的密钥写入 known_hosts。",
  "SMP131.certificates":
    "整个进程都不再校验证书。请改为指定自己的证书颁发机构：caFile 或 NODE_EXTRA_CA_CERTS。",
  "SMP131.main-account": "所用的是主账号的凭证：得到它的人就拥有一切。请使用 RAM 用户或角色。",
  "SMP132.ended": "凭证已过期：请在运行之前重新登录。",
  "SMP132.ends": "凭证将在 {left} 分钟后过期且不会续期；运行大约需要 {takes} 分钟。",
  "SMP133.denied":
    "该账号没有 {actions} 的权限：运行会在 {verb}() 处终止。`sampan plan FILE --policy` 可打印所需的权限策略。",
  "SMP134.untrusted": "角色 {role} 不信任 ECS：导入会被拒绝。请在 RAM 控制台更正其信任策略。",
  "SMP134.missing": "该账号没有角色 {role}：导入会在上传之后被拒绝。",
  "SMP134.ways": "createRole: true 会创建该角色；`sampan setup role` 也可以。",
  "SMP134.create": "在运行中创建该角色",
  "SMP140.same": "镜像已在 {region}：复制到该地域会被拒绝。",
  "SMP140.made": "镜像在 {region} 创建",
  "SMP140.twice": "{region} 出现了两次：每个地域只有一份副本。",
  "SMP140.first": "第一次出现",
  "SMP140.remove": "去掉该地域",
  "SMP141.full-images":
    "{region} 的镜像配额为 {limit} 个，已用 {used} 个：不能再增加。请删除一些，或申请提高配额。",
  "SMP141.full-snapshots":
    "{region} 的快照配额为 {limit} 个，已用 {used} 个：不能再增加。请删除一些，或申请提高配额。",
  "SMP141.images": "{region} 的镜像配额为 {limit} 个，已用 {used} 个。请删除一些，或申请提高配额。",
  "SMP141.snapshots": "{region} 的快照配额为 {limit} 个，已用 {used} 个。请删除一些，或申请提高配额。",
  "SMP142.one-key": "{count} 个地域共用一个密钥：KMS 的密钥只属于一个地域。",
  "SMP142.each": "请对每个地域分别调用 copyTo()，并使用各自的密钥。",
  "SMP142.unusable": "密钥位于 {region}，但不能使用（已禁用，或没有使用权限）。",
  "SMP142.missing": "{region} 没有此 ID 的密钥。",
  "SMP150.stopped": "上次运行在 {verb} 处停止：执行 `sampan resume {runId}` 可从该处继续。",
  "SMP151.left": "运行 {runId} 留下了 {things}，删除之前会持续计费：`sampan gc {runId}`。",
  "SMP161.newer": "已安装的 SDK {sdk} 比此检查（{check}）新，而后者不认识 {verb}()。请更新。",
  "SMP190.silences-nothing": "{code} 在此处没有可忽略的问题：请删除该注释。",
  "SMP190.no-rule": "没有规则 {code}：该注释不起作用。`sampan explain` 可列出规则。",
  "SMP190.remove-comment": "删除注释",
  "SMP190.remove-code": "删除该代码",
});
