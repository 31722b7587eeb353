import type { KnownTexts } from "../../known-texts.ts";

/** What `sampan explain` tells of the problems of plans: titles, why they matter, what to do. */
export const planRuleTexts: KnownTexts = {
  "The file cannot be read as TypeScript": "文件不是有效的 TypeScript",
  "A file that does not parse cannot be run. What stands before the mistake is judged all the same.":
    "无法解析的文件不能运行。错误之前的内容仍会检查。",
  "Correct the place named; usually a bracket, a quote or a comma is missing shortly before it.":
    "请更正所指的位置；通常是其前不远处缺少括号、引号或逗号。",
  "A region that is not known": "未知的地域",
  "The list of regions is that of 2026-11. A newer region is none the worse for not standing in it, so only what cannot be a region id is an error; OSS's spelling with `oss-` in front is none.":
    "地域列表的日期为 2026-11。更新的地域不在其中并无不妥，因此只有不可能是地域 ID 的写法才是错误；OSS 以 `oss-` 开头的写法不是地域 ID。",
  "Correct the name, or add a newer region to `extraRegions` in `sampan.config.ts`.":
    "请更正名称，或将更新的地域加入 `sampan.config.ts` 的 `extraRegions`。",
  "A zone that is not of the region, or lacks the instance type": "可用区不属于该地域，或没有该实例规格",
  "The id of a zone begins with that of its region, and an instance starts in the region of its image. Whether a zone has an instance type is asked of the account where that is possible.":
    "可用区的 ID 以其地域的 ID 开头，实例在其镜像所在的地域启动。可用区是否有某种实例规格，在可能时向账号查询。",
  "Name a zone of the region, or leave it out: then any zone that has the type is taken.":
    "请指定该地域的可用区，或去掉该选项：此时使用任何有该规格的可用区。",
  "A name that no bucket can have": "不能作为 Bucket 名称的名称",
  "OSS takes 3 to 63 lower-case letters, digits and dashes, no dash at the ends. A bucket with another name cannot exist.":
    "OSS 接受 3 至 63 个小写字母、数字和短横线，且首尾不能是短横线。使用其他名称的 Bucket 不可能存在。",
  "Correct the name. `--fix` does so by lower case and dashes; look whether that is the bucket you mean.":
    "请更正名称。`--fix` 会改为小写字母和短横线；请核对那是否是您所指的 Bucket。",
  "The bucket lies in another region than the image": "Bucket 与镜像不在同一地域",
  "ImportImage reads a bucket of its own region only (`InvalidOSSBucket.NotMatched`). That two regions in one plan differ is told without an account; where a bucket lies, the account tells.":
    "ImportImage 只读取同一地域的 Bucket（`InvalidOSSBucket.NotMatched`）。一个计划中的两个地域不同，无需账号即可得知；Bucket 位于何处，由账号得知。",
  "Import in the bucket's region and `copyTo` the other, or upload to a bucket there.":
    "请在 Bucket 所在地域导入，再用 `copyTo` 复制到另一地域；或上传到另一地域的 Bucket。",
  "A bucket that suits images badly": "不适合存放镜像的 Bucket",
  "An import reads neither encrypted nor archived objects; a bucket that anybody may read gives the whole disk away; a lifecycle rule may delete an object before it is imported, and versions without a rule that cleans them are kept and billed.":
    "导入不能读取加密或归档的对象；任何人可读的 Bucket 会泄露整块磁盘；生命周期规则可能在导入之前删除对象，而没有清理规则的版本会一直保留并计费。",
  "Use another bucket, or change that one in the console of OSS.":
    "请使用其他 Bucket，或在 OSS 控制台中更改该 Bucket。",
  "A name or description that ECS does not take": "ECS 不接受的名称或描述",
  "Images and instances have names of 2 to 128 letters, digits, `.`, `:`, `_` and `-` that begin with a letter, and neither with `aliyun` nor `acs:`. A description has 2 to 256 characters and begins with no address.":
    "镜像和实例的名称为 2 至 128 个字母、汉字、数字、`.`、`:`、`_` 和 `-`，以字母或汉字开头，且不能以 `aliyun` 或 `acs:` 开头。描述为 2 至 256 个字符，不能以网址开头。",
  "Correct the name. `--fix` replaces what is not taken by a dash.":
    "请更正名称。`--fix` 会将不接受的字符替换为短横线。",
  "An image or object of that name exists already": "已有同名的镜像或对象",
  "The name of an image is unique in its region: the import would be refused at its very end, after the upload. An object that another run made is not replaced unless `overwrite` says so. What this plan's own earlier run made is taken over and is no problem.":
    "镜像的名称在其地域内唯一：导入会在上传之后、最后一刻才被拒绝。由其他运行创建的对象不会被替换，除非指定 `overwrite`。本计划先前的运行所创建的会直接沿用，不是问题。",
  "Take another name, delete the old one, or set `overwrite: true` for an object.":
    "请换一个名称，删除旧的，或对对象设置 `overwrite: true`。",
  "Two plans make an image of the same name, or write the same object":
    "两个计划创建同名的镜像，或写入同一个对象",
  "The name of an image is unique in its region, so the second of the two is refused, after its upload; an object has one content. Plans of one default export are compared, and those of all files that are checked together: of the workspace in an editor, of one call of `sampan check`.":
    "镜像的名称在其地域内唯一，因此后一个在上传之后会被拒绝；一个对象只有一份内容。同一个默认导出中的计划会相互比较，一起检查的所有文件中的计划也是如此：编辑器中为整个工作区，命令行中为一次 `sampan check`。",
  "Give each its own name, or leave `name` and `key` out: then they are the host's.":
    "请给每个计划各自的名称，或去掉 `name` 和 `key`：此时使用主机的名称。",
  "A step that is missing, out of order, given twice, or none": "步骤缺失、顺序不对、重复，或不存在",
  "A plan is a chain in which each step works on what the one before gives. In TypeScript the compiler refuses the same; JavaScript, and what went through `any`, fails when the plan is loaded.":
    "计划是一条链，每一步处理前一步的结果。在 TypeScript 中编译器同样会拒绝；JavaScript 以及经过 `any` 的代码则在加载计划时失败。",
  "Insert what is missing, or move the step. `--fix` inserts steps that need nothing said.":
    "请插入缺少的步骤，或移动该步骤。`--fix` 会插入无需指定内容的步骤。",
  "A plan that nobody runs or exports": "既未运行也未导出的计划",
  "A chain only describes: nothing happens until it is run. One that is neither exported nor run does nothing, without a word.":
    "链只是描述：在运行之前什么都不会发生。既未导出也未运行的链什么都不做，也没有任何提示。",
  "Write `export default` before it, for `sampan run`; or call `run()` in a program of your own.":
    "请在其前写 `export default` 以供 `sampan run` 使用，或在您自己的程序中调用 `run()`。",
  "A plan file that starts a run when it is loaded": "加载时就开始运行的计划文件",
  "`sampan plan`, the editor and other tools load a plan file to look at it. One that calls `run()` at its top level migrates whenever somebody looks. Files that are not named `….migration.ts` and export nothing are programs, and may.":
    "`sampan plan`、编辑器和其他工具会加载计划文件以查看其内容。在顶层调用 `run()` 的文件，每次有人查看都会开始迁移。不以 `….migration.ts` 命名且不导出任何内容的文件是程序，可以这样做。",
  "Export the plan and start it by `sampan run`.": "请导出计划，并用 `sampan run` 启动。",
  "A run that nobody waits for": "无人等待的运行",
  "`run()` gives a handle to wait on. Where nobody does, its failure is an unhandled rejection that ends the process, and the program may end before the migration.":
    "`run()` 返回一个可以等待的句柄。若无人等待，其失败会成为结束进程的未处理拒绝，而且程序可能先于迁移结束。",
  "`await` it, return it, or keep the handle.": "请对其使用 `await`、将其返回，或保留句柄。",
  "A host or bucket that is only known when the plan runs": "计划运行时才知道的主机或 Bucket",
  "What the environment, another file or an answer of a server decides cannot be judged by reading. This is no fault: the hint says where the check ends.":
    "由环境变量、其他文件或服务器的应答决定的内容，无法通过阅读来判断。这不是错误：该提示只说明检查到何处为止。",
  "Nothing has to be done.": "无需处理。",
  "An option that a step does not have, or a value it does not take": "步骤没有的选项，或不接受的值",
  "Options are checked by the very schemas that a run uses; a plan with a wrong one is refused when it is loaded.":
    "选项由运行所用的同一套模式检查；含有错误选项的计划在加载时会被拒绝。",
  "Correct it. The manual's page of verbs has every option with what it takes.":
    "请更正。手册中关于步骤的页面列出了每个选项及其可取的值。",
  "A source that names no host": "没有指明主机的来源",
  "A source is the path of a disk image or an address: `ssh://`, `winrm://`, `esxi://`, `ecs://`, `local://`, `https://`. One that is none is refused when the plan is loaded.":
    "来源是磁盘镜像文件的路径或地址：`ssh://`、`winrm://`、`esxi://`、`ecs://`、`local://`、`https://`。两者都不是的来源在加载计划时会被拒绝。",
  "Correct the address. A password never stands in it: `passwordFrom` says where it is found.":
    "请更正地址。密码从不写在地址中：由 `passwordFrom` 指明在何处查找。",
  "A step or option that is not for this kind of host": "不适用于这种主机的步骤或选项",
  "Some steps are for ECS instances only, some options for hosts that run, some tools for one system. A plan in which they do not go together is refused when it is loaded, by the same words.":
    "有些步骤只用于 ECS 实例，有些选项只用于正在运行的主机，有些工具只用于一种系统。彼此不匹配的计划在加载时会以同样的文字被拒绝。",
  "The message says what fits that kind of host.": "消息会说明什么适用于这种主机。",
  "A blocker is accepted that no assessment finds": "接受了任何评估都不会发现的阻断项",
  "`accept` names rules of the assessment by id. One that the chosen profile does not have accepts nothing: the run stops at the blocker all the same.":
    "`accept` 按 ID 指定评估的规则。所选规则集中没有的 ID 不起作用：运行仍会在阻断项处停止。",
  "Correct the id; `sampan explain ID` knows each. The profiles `current` and `whitepaper-2017` have different rules.":
    "请更正 ID；`sampan explain ID` 可以解释每一个。规则集 `current` 与 `whitepaper-2017` 的规则不同。",
  "More or larger disks than an image takes": "磁盘的数量或大小超出镜像的限制",
  "An image has one system disk and up to 16 data disks, each of 1 to 2,048 GiB (ECS ImportImage, 2025-11); a VHD ends at 2,040 GiB. How large the disks are, the last run tells.":
    "一个镜像有一块系统盘和至多 16 块数据盘，每块 1 至 2,048 GiB（ECS ImportImage，2025-11）；VHD 至多 2,040 GiB。磁盘的大小取自上一次运行。",
  "Leave a disk out, shrink it, take `toRaw()` or `toQcow2()` for more than 2,040 GiB, or split the plan.":
    "请略去某块磁盘或将其缩小，超过 2,040 GiB 时使用 `toRaw()` 或 `toQcow2()`，或拆分计划。",
  "Boot mode, architecture and instance type do not go together": "启动模式、架构与实例规格不匹配",
  "ARM boots by UEFI only, and an instance type of the other architecture never boots the image. Which families are of ARM is known as of 2026-11; a family that is not known is taken to fit.":
    "ARM 只能以 UEFI 启动，而另一种架构的实例规格永远无法启动该镜像。哪些规格族属于 ARM，以 2026-11 所知为准；未知的规格族视为匹配。",
  "Name a type of the image's architecture, or leave `bootMode` and `architecture` to the assessment.":
    "请指定与镜像架构相同的规格，或将 `bootMode` 和 `architecture` 交给评估决定。",
  "The assessment of the last run found blockers": "上一次运行的评估发现了阻断项",
  "A blocker ends a run unless it is accepted by id with a reason, or a fix-up of `prepare` mends it on the copy. Findings count for the profile they were found by: those of `whitepaper-2017` say nothing of a plan that is judged by `current`.":
    "阻断项会结束运行，除非按 ID 接受并给出理由，或由 `prepare` 的修复项在副本上修复。检查结果只对得出它的规则集有效：`whitepaper-2017` 的结果不适用于按 `current` 评估的计划。",
  "Mend it on the host as `sampan explain ID` tells, add `prepare()` where a fix-up does it, or accept the risk with a reason.":
    "请按 `sampan explain ID` 的说明在主机上修复；有修复项可用时添加 `prepare()`；或给出理由接受风险。",
  "A platform that ImportImage does not list, or that the host is not":
    "ImportImage 未列出、或与主机不符的平台",
  "The list is the one that the SDK takes, of the vendor's reference of 2025: another platform is refused before the cloud is asked. For what has no name there, there are `Others Linux` and `Customized Linux`; the latter is not adapted by the cloud at all.":
    "该列表即 SDK 所接受的列表，取自 2025 年的官方参考文档：其他平台在询问云端之前就会被拒绝。其中没有名称的系统可用 `Others Linux` 和 `Customized Linux`；云端对后者不做任何适配。",
  "Leave it out: then the assessment names it. Or write it as ECS does.":
    "请去掉该选项：此时由评估指定。或按 ECS 的写法书写。",
  "A licence that the cloud does not bring": "云端不提供的许可证",
  "`Aliyun` means that the cloud brings the licence and bills it; Red Hat and SUSE are imported with your own (`InvalidLicenseType.BYOLOnly`). For systems without a licence it says nothing.":
    "`Aliyun` 表示由云端提供许可证并计费；Red Hat 和 SUSE 须使用您自己的许可证导入（`InvalidLicenseType.BYOLOnly`）。对没有许可证的系统，该选项没有意义。",
  "Leave `licenseType` out, or say `BYOL`.": "请去掉 `licenseType`，或写 `BYOL`。",
  "A secret in the text of a plan": "计划文本中的机密信息",
  "Plans are kept in repositories and shown in editors, and a run writes its plan into the journal. An AccessKey, a private key or a password in one is known to everybody who reads it.":
    "计划存放在代码仓库中，显示在编辑器里，而且运行会将其计划写入运行日志。其中的 AccessKey、私钥或密码会被每个读到它的人知道。",
  'Say where it is found (`passwordFrom: { env: "NAME" }`, a profile of `aliyun configure`), and make it worthless: rotate the key, change the password.':
    '请改为指明在何处查找（`passwordFrom: { env: "NAME" }`、`aliyun configure` 的凭证配置），并使其失效：轮换密钥，更改密码。',
  "Checks of identity are switched off": "身份检查被关闭",
  "Without them whoever stands between this machine and the host or the cloud reads the disk and the credentials.":
    "没有这些检查，处于本机与主机或云端之间的任何人都能读取磁盘和凭证。",
  "Put the host's key into `known_hosts`; for servers with certificates of your own there is `caFile`. A profile of a RAM user goes before the main account's.":
    "请将主机的密钥加入 `known_hosts`；对使用自有证书的服务器可用 `caFile`。应优先使用 RAM 用户的凭证配置，而不是主账号的。",
  "Credentials that end before the migration does": "先于迁移到期的凭证",
  "A static token of STS is not renewed. A run whose credentials end stops at the next call, and is resumed with new ones.":
    "静态的 STS 令牌不会续期。凭证到期的运行会在下一次调用时停止，并可用新的凭证继续。",
  "Take a profile that renews itself (RamRoleArn, OIDC, the role of an instance), or log in anew before the run.":
    "请使用会自动续期的凭证配置（RamRoleArn、OIDC、实例的角色），或在运行之前重新登录。",
  "The account may not do what the plan needs": "账号没有计划所需的权限",
  "A denied action ends the run where it is needed, perhaps after hours of upload. Only actions that the account was asked for and that were denied are told.":
    "被拒绝的操作会在需要它的地方结束运行，可能是在上传数小时之后。只报告向账号查询过且被拒绝的操作。",
  "Have them allowed: `sampan plan FILE --policy` prints the smallest policy that does.":
    "请为其授权：`sampan plan FILE --policy` 会打印所需的最小权限策略。",
  "ECS has no role to read the bucket with": "ECS 没有可用来读取 Bucket 的角色",
  "ImportImage reads the object by the role `AliyunECSImageImportDefaultRole`, which has to exist and to trust ECS; else it is refused with `NoSetRoletoECSServiceAcount`.":
    "ImportImage 通过角色 `AliyunECSImageImportDefaultRole` 读取对象，该角色必须存在并信任 ECS；否则会以 `NoSetRoletoECSServiceAcount` 被拒绝。",
  "`createRole: true` makes it when it is missing, `sampan setup role` before. A role that trusts somebody else is corrected in the console of RAM.":
    "`createRole: true` 会在缺少该角色时创建，也可事先用 `sampan setup role` 创建。信任他人的角色须在 RAM 控制台中更正。",
  "A copy to the region the image is in, or to one twice": "复制到镜像所在的地域，或重复复制到同一地域",
  "CopyImage refuses a copy into the image's own region, and a second copy of the same name. Copies to different regions run at once and get in nobody's way: a region runs five at a time, and a plan makes one in each.":
    "CopyImage 拒绝复制到镜像自身所在的地域，也拒绝第二个同名的副本。到不同地域的复制同时进行，互不妨碍：一个地域同时进行五个，而一个计划在每个地域只创建一个。",
  "Take the region out.": "请去掉该地域。",
  "A quota that is nearly used up": "即将用完的配额",
  "An image that would be one too many is refused at its end: `QuotaExceed.Image`. Each image holds a snapshot of each of its disks, which count too.":
    "超出配额的镜像会在最后被拒绝：`QuotaExceed.Image`。每个镜像都含有其每块磁盘的快照，这些快照也计入配额。",
  "Delete what is not needed, or ask for more in the console.": "请删除不需要的，或在控制台申请提高配额。",
  "A key that is not of the copy's region": "不属于副本所在地域的密钥",
  "A key of KMS lies in one region and encrypts nothing in another. That one key is named for several regions is told by the text; whether it can be used there, by the account.":
    "KMS 密钥位于一个地域，不能在另一地域加密。一个密钥被用于多个地域，由文本得知；它在该地域是否可用，由账号得知。",
  "Call `copyTo` once for each region, each with a key of that region.":
    "请对每个地域各调用一次 `copyTo`，并各用该地域的密钥。",
  "The last run stopped and can be resumed": "上一次运行已停止，可以继续",
  "What a run has done is recorded: going on repeats nothing that has finished.":
    "一次运行已完成的内容都有记录：继续时不会重复已完成的部分。",
  "`sampan resume ID` goes on, `sampan gc ID` deletes what it left.":
    "`sampan resume ID` 继续运行，`sampan gc ID` 删除其遗留的内容。",
  "An old run left things that cost money": "旧的运行遗留了会产生费用的内容",
  "Unfinished uploads, objects and images are billed until they are deleted; OSS forgets no part by itself.":
    "未完成的上传、对象和镜像在删除之前一直计费；OSS 不会自行清除任何分片。",
  "`sampan gc ID` lists and deletes them; a run that is resumed uses them.":
    "`sampan gc ID` 会列出并删除它们；继续的运行会使用它们。",
  "The SDK that is installed is newer than what checks the plan": "所安装的 SDK 比检查计划的程序更新",
  "An older check does not know newer steps and options: what it takes for a mistake may be none. Told only where it matters, in a plan with a step it does not know.":
    "较旧的检查不认识较新的步骤和选项：它视为错误的可能并不是错误。只在有关系时才报告，即计划中有它不认识的步骤时。",
  "Update the extension, or `sampan`.": "请更新扩展或 `sampan`。",
  "A comment that suppresses nothing": "没有抑制任何问题的注释",
  "`// sampan-ignore SMP101 reason` silences a rule on its own line, or on the next when it stands alone; `// sampan-ignore-file SMP101 reason` in the whole file. One that silences nothing hides the next real problem. Rules that need the account or the last run are not counted: they may speak elsewhere.":
    "`// sampan-ignore SMP101 reason` 在其所在行抑制规则，单独成行时则抑制下一行的；`// sampan-ignore-file SMP101 reason` 对整个文件有效。没有抑制任何问题的注释会掩盖下一个真正的问题。需要账号或上一次运行的规则不计入：它们可能在别处报告问题。",
  "Remove the comment, or correct the code.": "请删除该注释，或更正代码。",
};
