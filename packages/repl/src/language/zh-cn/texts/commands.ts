import type { KnownTexts } from "../../known-texts.ts";

/** Summaries, details and options of the commands. */
export const commandTexts: KnownTexts = {
  "Rehearse a whole migration on a small real disk, without an account.":
    "用一块小型真实磁盘演练一次完整的迁移，无需账号。",
  "Each demo starts anew: what an earlier one left in .sampan/demo is replaced. Nothing outside that folder is written.":
    "每次演示都从头开始：上一次演示留在 .sampan/demo 中的内容会被替换。不会向该目录以外写入任何内容。",
  "use a disk image of yours instead": "改用您自己的磁盘镜像文件",
  "every event as one line of JSON on stdout, errors included":
    "将每个事件作为一行 JSON 输出到标准输出，错误也包括在内",
  "say nothing on stderr but errors": "除错误外，不在标准错误上输出任何信息",
  "Run plan files, or go on with their earlier runs.": "运行计划文件，或继续它们先前的运行。",
  "A plan file is a module (TypeScript or JavaScript) whose default export is a plan, an array of plans, or a function returning either; or the JSON that `sampan plan --out` writes. Several plans, of one file or of several, run side by side, those of one host one after the other; a table at the end tells of all. One that fails keeps no other from running; the exit code is the worst of all: 130 before 1, 4, 6, 5, 2, 124 and 0. A plan that is being worked on already is followed. With --detach a process of its own does the work, and the id of the run is printed once it has started; `sampan attach` follows it.":
    "计划文件是一个 TypeScript 或 JavaScript 模块，其默认导出为一个计划、计划数组，或返回二者之一的函数；也可以是 `sampan plan --out` 写出的 JSON。多个计划（无论来自一个还是多个文件）并行运行，同一主机的计划依次运行；结束时以一张表汇总。一个计划失败不影响其他计划；退出码取其中最严重的一个，次序为 130、1、4、6、5、2、124、0。已有进程正在处理的计划会被跟踪显示。使用 --detach 时由独立进程执行，启动后打印运行 ID，可用 `sampan attach` 跟踪。",
  "say what would be done and do nothing": "只说明将要执行的操作，不实际执行",
  "of a file with several plans that one alone: its number from 1 on, or the name it is exported by":
    "文件含多个计划时只取其中一个：从 1 开始的序号，或其导出名称",
  "List what an account has: images and snapshots by region, buckets, the objects of one.":
    "列出账号所拥有的资源：各地域的镜像和快照、Bucket，以及某个 Bucket 中的对象。",
  "Only the account's own. Without --region images and snapshots are looked for in every region; one that cannot be looked into is told and keeps no other from being listed (exit code 3). Changes nothing. Of a rehearsal the simulator's are listed.":
    "只列出账号自有的资源。不带 --region 时在所有地域查找镜像和快照；无法查看的地域会被告知，不影响其他地域（退出码为 3）。不做任何更改。演练时列出模拟器中的资源。",
  "look into this region alone; repeatable": "只查看该地域；可重复使用",
  "with `objects`: those whose key begins so": "与 `objects` 一起使用：只列出以此开头的对象",
  "take the passwords that plans ask for from standard input: one JSON object, by host":
    "从标准输入读取计划所要求的密码：一个以主机为键的 JSON 对象",
  "stop after this step of the plan": "执行完计划的这一步后停止",
  "start a new run even when the plan has an earlier one": "即使该计划已有先前的运行，也开始新的运行",
  "read the disks again and send only what changed since the last upload, for a second image":
    "重新读取磁盘，只发送自上次上传以来发生变化的部分，用于制作第二个镜像",
  "with --refresh: name of the image; default: the first one's and a number":
    "与 --refresh 一起使用：镜像名称；默认为第一个镜像的名称加序号",
  "go on without this terminal, in a process of its own": "脱离当前终端，在独立进程中继续执行",
  "stop waiting after so long (30m, 2h), exit code 124; what the cloud was asked to do goes on":
    "等待超过该时长（如 30m、2h）后停止等待，退出码为 124；已请求云端执行的操作会继续",
  "how many plans run at once (default: 4)": "同时运行的计划数（默认：4）",
  "what all uploads may send together, such as 100mbit or 12MB/s":
    "所有上传合计可占用的带宽，例如 100mbit 或 12MB/s",
  "which account: a profile of ~/.aliyun/config.json; wins over the plan":
    "使用哪个账号：~/.aliyun/config.json 中的凭证配置名；优先于计划",
  "folder of the journals (default: SAMPAN_HOME, else .sampan beside the plan)":
    "存放运行日志的目录（默认：SAMPAN_HOME，否则为计划文件旁的 .sampan）",
  "one JSON value on stdout, errors included": "在标准输出上打印一个 JSON 值，错误也包括在内",
  "List the runs around here, newest first; `runs show ID` tells all of one.":
    "列出此处的运行，最新的在前；`runs show ID` 显示某次运行的全部信息。",
  "`runs show` without an id takes the newest that has not finished. A report holds findings, accepted risks, the changes to the guest, times and rates of each stage, digests, and what was made and costs money; never a secret.":
    "`runs show` 不带 ID 时取最近一次未完成的运行。报告包含检查结果、已接受的风险、对客户机系统的更改、各阶段的耗时与速率、摘要值，以及已创建且计费的资源；绝不包含密钥等机密信息。",
  "with `show`: a document for filing, on stdout or in a file":
    "与 `show` 一起使用：生成可归档的报告，输出到标准输出或文件",
  "with `show`: write the report to this file, in the format its ending says":
    "与 `show` 一起使用：将报告写入该文件，格式由文件扩展名决定",
  "Go on with a run; without an id, with the newest that has not finished.":
    "继续一次运行；不带 ID 时继续最近一次未完成的运行。",
  "Follow a run that another process is working on.": "跟踪另一个进程正在执行的运行。",
  "Live while somebody works on it, from its journal otherwise. Ctrl+C, or closing the terminal, leaves the run as it is; `sampan cancel` stops it.":
    "有进程正在执行时实时显示，否则根据其运行日志显示。按 Ctrl+C 或关闭终端不影响该运行；`sampan cancel` 可将其停止。",
  "Stop a run that another process is working on; it stays resumable.":
    "停止另一个进程正在执行的运行；之后仍可继续。",
  "Waits until it has stopped, for at most 30 s (exit code 124), and tells what it left that costs money or is on a host.":
    "等待其停止，最多 30 秒（超时退出码为 124），并列出它留下的、会产生费用或位于主机上的内容。",
  "List what runs left that costs money or is on a host; of a run or host, delete it.":
    "列出各次运行留下的、会产生费用或位于主机上的内容；指定运行或主机时将其删除。",
  "Of a run that reached its end the objects and unfinished uploads are deleted and the images kept; of one that did not, everything it made and that is billed. Each thing is shown and asked for before; such a run cannot be resumed afterwards. Of a host (ssh://, local://, esxi://) what is left of moments that nobody holds any more is removed; those that are held are told.":
    "对于已完成的运行，删除对象和未完成的分片上传，保留镜像；对于未完成的运行，删除其创建的全部计费资源。删除前会逐项列出并询问；之后该运行不能再继续。对于主机（ssh://、local://、esxi://），清除不再被任何运行占用的时间点残留；仍被占用的只列出。",
  "private key for ssh:// and esxi://, besides those of your SSH setup":
    "用于 ssh:// 和 esxi:// 的私钥文件，作为您已有 SSH 配置的补充",
  "configuration of OpenSSH to use instead of your own": "使用该 OpenSSH 配置文件代替您自己的配置",
  "whether sudo is taken where root is needed (default: auto)": "需要 root 权限时是否使用 sudo（默认：auto）",
  "where the password of sudo, WinRM or a web server is found: env:NAME, file:PATH or ask":
    "sudo、WinRM 或 Web 服务器密码的来源：env:变量名、file:路径或 ask",
  "certificates (PEM) to trust, for https:// and winrms:// hosts":
    "https:// 和 winrms:// 主机需要信任的证书（PEM）",
  "say what would be deleted and do nothing": "只列出将要删除的内容，不实际删除",
  "Judge whether a host can be migrated, and what has to change.": "判断主机能否迁移，以及需要做哪些更改。",
  "Exit code 0 when nothing stands in the way, 3 with warnings, 5 with blockers. The first image is the system disk, further ones are the host's data disks. A host that runs (ssh://, local://) is looked at as it runs, and nothing is changed on it. An instance (ecs://) is judged by what ECS tells of it. `sampan explain ID` tells more of a rule.":
    "没有问题时退出码为 0，有警告时为 3，有阻断项时为 5。第一个镜像文件是系统盘，其余为该主机的数据盘。对正在运行的主机（ssh://、local://）在线检查，不做任何更改。ECS 实例（ecs://）依据 ECS 提供的信息判断。`sampan explain ID` 可查看规则的详细说明。",
  "which dated set of rules to judge by": "使用哪一版规则集进行判断",
  "take a finding on, by the id of its rule, with a reason; repeatable":
    "接受一项检查结果：规则 ID 加理由；可重复使用",
  "where the host runs today (default: other)": "主机目前运行在何处（默认：other）",
  "judge this format of the image too": "同时判断以此镜像格式发送是否可行",
  "advise whether images or file synchronisation serve, such as 100mbit":
    "给出适合镜像迁移还是文件同步的建议，需提供带宽，例如 100mbit",
  "how many hosts like this one are to be moved over that line (default: 1)":
    "通过该线路迁移的同类主机数量（默认：1）",
  "take the file to be of this format instead of looking at its bytes": "按此格式读取文件，不根据内容识别",
  "which disk of an OVA or OVF: its file, its id or its number from 0 on; of a host: its name":
    "选择 OVA 或 OVF 中的磁盘：文件名、ID 或从 0 开始的序号；对于主机则为磁盘名称",
  "read the files of an OVA or OVF once more and hold them against its manifest":
    "再次读取 OVA 或 OVF 中的文件，并与其清单（manifest）核对",
  "read an internal snapshot instead of the present state": "读取内部快照，而非当前状态",
  "folder, besides the image's own, below which parents and parts it names may lie; repeatable":
    "除镜像文件所在目录外，允许其引用的父镜像和分段文件所在的目录；可重复使用",
  "of ecs:// instances: which account, a profile of ~/.aliyun/config.json":
    "用于 ecs:// 实例：使用哪个账号，即 ~/.aliyun/config.json 中的凭证配置名",
  "print the script that looks at a Linux host, and do nothing":
    "打印用于检查 Linux 主机的脚本，不执行任何操作",
  "the findings as SARIF 2.1.0 on stdout": "在标准输出上以 SARIF 2.1.0 格式打印检查结果",
  "Show what an image file, or a host's disk, holds: format, sizes, partitions, file systems, guest.":
    "显示镜像文件或主机磁盘的内容：格式、大小、分区、文件系统、客户机系统。",
  "An image whose parent is not there is described by what it holds itself, with exit code 3. The JSON is described in docs/inspect-json.md.":
    "缺少父镜像的镜像文件只按其自身内容描述，退出码为 3。JSON 格式说明见 docs/inspect-json.md。",
  "when the parent of a differencing image is not there: refuse it, or read zeros in its place":
    "差分镜像的父镜像不存在时：拒绝读取（refuse），或以零代替（zeros）",
  "Write a disk image, or the disk of a host, in another format.": "将磁盘镜像文件或主机磁盘转换为其他格式。",
  "Of a host that runs (ssh://, local://), a moment is held while its disk is read; see docs/live-hosts.md of @sampan/sdk. Without --format the ending of the destination says it: .vhd, .raw, .img or .qcow2. Exit code 3 when zeros stand in for a parent that is not there: on request, and when a lone differencing VHD is written as a raw file. It is not the whole disk then. The JSON is described in docs/convert-json.md.":
    "对正在运行的主机（ssh://、local://），读取磁盘期间会保持一个时间点，参见 @sampan/sdk 的 docs/live-hosts.md。未指定 --format 时由目标文件的扩展名决定：.vhd、.raw、.img 或 .qcow2。以零代替缺失的父镜像时退出码为 3：包括按要求代替，以及将单独的差分 VHD 写为 raw 文件的情形；此时得到的不是完整磁盘。JSON 格式说明见 docs/convert-json.md。",
  "format of the destination": "目标文件的格式",
  "variant of a VHD (default: dynamic)": "VHD 的子类型（默认：dynamic）",
  "leave out what the file systems call free; it reads as zero":
    "略去文件系统标记为空闲的部分；这些部分读作零",
  "apply the fix-ups to the copy": "对副本应用修复项",
  "replace the destination when it exists": "目标文件已存在时将其替换",
  "read the destination again and compare it with the source": "重新读取目标文件并与源进行比较",
  "how the disk of a host that runs holds together while it is read (default: snapshot)":
    "读取正在运行的主机的磁盘时如何保证一致性（默认：snapshot）",
  "Show the fix-ups as a unified diff; nothing is written.":
    "以 unified diff 形式显示修复项；不写入任何内容。",
  "Prepare a host that runs for becoming an image, as the whitepaper does by hand, or take that back.":
    "按白皮书的手工步骤为正在运行的主机做制作镜像前的准备，或撤销这些准备。",
  'Looks at the host (ssh://, local://), shows what it would change, files as a diff, asks, and changes it: firewalls, SELinux and NetworkManager off, mounts of other disks out of /etc/fstab, from the next start on; of Windows (winrm://, ssh://) firewall, UAC, sleep and hibernation off, remote desktop on. Everything is kept as it was on the host, with a script that takes it back; --undo takes back the preparation ID, or else the last. A plan does the same by `prepare({ on: "host", confirm: true })`. A copy is mended without any of this.':
    '检查主机（ssh://、local://），显示将做的更改（文件以 diff 显示），询问后执行：关闭防火墙、SELinux 和 NetworkManager，从 /etc/fstab 中移除其他磁盘的挂载，均自下次启动起生效；对于 Windows（winrm://、ssh://），关闭防火墙、UAC、睡眠和休眠，开启远程桌面。所有原始内容都保留在主机上，并附有撤销脚本；--undo 撤销指定 ID 的准备，未指定时撤销最近一次。在计划中使用 `prepare({ on: "host", confirm: true })` 效果相同。修复副本则无需以上任何操作。',
  "take a preparation back": "撤销一次准备",
  "make the changes of this fix-up alone; repeatable": "只执行该修复项的更改；可重复使用",
  "leave the changes of this fix-up out; repeatable": "不执行该修复项的更改；可重复使用",
  "say what would be changed and do nothing": "只列出将要更改的内容，不实际更改",
  "do not ask before the host is changed": "更改主机之前不再询问",
  "Share a folder of a conversion host by NFS or SMB, and mount it on the migrated host.":
    "通过 NFS 或 SMB 共享转换主机上的目录，并挂载到待迁移主机。",
  "setup TARGET FOLDER shares a folder, mount TARGET SHARE mounts one, status TARGET tells what Sampan made there, and remove TARGET [NAME] takes it back: just what was made, nothing that was there before, no file. TARGET is `local` or ssh://[user@]host[:port]. Each step is shown and asked for. Exit code 3 with notes on a firewall or SELinux in the way, and when `status` finds something missing.":
    "setup TARGET FOLDER 共享目录，mount TARGET SHARE 挂载共享，status TARGET 列出 Sampan 在该主机上创建的内容，remove TARGET [NAME] 将其撤销：只撤销由 Sampan 创建的部分，不影响原有内容，也不删除任何文件。TARGET 为 `local` 或 ssh://[user@]host[:port]。每一步都会先显示并询问。防火墙或 SELinux 可能造成阻碍而给出说明时，以及 `status` 发现有缺失时，退出码为 3。",
  "setup: how it is shared (default: nfs)": "setup：共享方式（默认：nfs）",
  "setup by NFS: who may mount and write as root: the migrated host's address, or * for everybody":
    "setup（NFS）：允许以 root 身份挂载并写入的客户端：待迁移主机的地址，或 * 表示任何主机",
  "setup: the share's name (default: the folder's last name)": "setup：共享名称（默认：目录路径的最后一段）",
  "mount: the mount point (default: /mnt/sampan)": "mount：挂载点（默认：/mnt/sampan）",
  "mount: further options of mount, such as vers=3,noatime": "mount：其他挂载选项，例如 vers=3,noatime",
  "SMB: who uses the share (default: sampan)": "SMB：使用该共享的用户（默认：sampan）",
  "SMB: file that holds the password; - reads it from standard input":
    "SMB：保存密码的文件；- 表示从标准输入读取",
  "private key for ssh://, besides those of your SSH setup":
    "用于 ssh:// 的私钥文件，作为您已有 SSH 配置的补充",
  "where the password of sudo is found: env:NAME, file:PATH or ask":
    "sudo 密码的来源：env:变量名、file:路径或 ask",
  "install missing packages; they stay when the share is removed":
    "安装缺少的软件包；撤销共享后这些软件包仍会保留",
  "List the external tools Sampan can work with, which are here, and what it does without them.":
    "列出 Sampan 可配合使用的外部工具、本机已有哪些，以及没有它们时的替代方式。",
  "Make what an account needs once: `setup role`, by which ECS reads the bucket of an import.":
    "完成账号的一次性准备：`setup role` 创建 ECS 导入镜像时读取 Bucket 所需的角色。",
  "Shows what it would create and asks. Needs the permissions ram:GetRole, ram:ListPoliciesForRole, ram:CreateRole, ram:AttachPolicyToRole and ram:UpdateRole. A role that is ready is left as it is.":
    "先显示将创建的内容并询问。需要 ram:GetRole、ram:ListPoliciesForRole、ram:CreateRole、ram:AttachPolicyToRole 和 ram:UpdateRole 权限。已就绪的角色保持不变。",
  "say what would be created and do nothing": "只列出将要创建的内容，不实际创建",
  "Start OSS, ECS and RAM on loopback, for rehearsals and tests.":
    "在本机回环地址上启动 OSS、ECS 和 RAM 模拟服务，用于演练和测试。",
  "port to listen on (default: any free one)": "监听端口（默认：任意空闲端口）",
  "keep the state in this folder (default: gone at the end)": "将状态保存在该目录中（默认：结束后丢弃）",
  "how much faster than a wall clock its time passes (default: 100)":
    "模拟时间相对真实时间的加速倍数（默认：100）",
  "behave as to an account opened after March 2025: no V1 signatures, no public mainland names":
    "模拟 2025 年 3 月之后开通的账号：不支持 V1 签名，中国内地地域没有公网域名",
  "set one of the switches its manual lists, such as crcOfCopies=present; repeatable":
    "设置手册中列出的某个开关，例如 crcOfCopies=present；可重复使用",
  "print one line of JSON with endpoint and keys once it listens":
    "开始监听后打印一行 JSON，包含访问端点（Endpoint）和密钥",
  "Say whose credentials a run would use, and where each part of them was found.":
    "说明运行将使用谁的凭证，以及凭证各部分的来源。",
  "Alibaba Cloud is asked only with --cloud alibaba (or SAMPAN_CLOUD). Exit code 4 when there are no credentials or the cloud does not take them. No secret is shown.":
    "仅在指定 --cloud alibaba（或 SAMPAN_CLOUD）时才会访问阿里云。没有凭证或凭证被云端拒绝时，退出码为 4。不会显示任何密钥。",
  "Print what teaches a shell to complete `sampan` with the Tab key.":
    "打印一段脚本，使 Shell 能用 Tab 键补全 `sampan` 命令。",
  "Completes commands, options and their values, files, ids of runs, profiles and codes. Asks no cloud and runs no plan.":
    "可补全命令、选项及其取值、文件、运行 ID、凭证配置和错误码。不访问任何云，也不运行任何计划。",
  "Say how a command line may go on; what `sampan completion` makes a shell call.":
    "说明命令行可以如何继续；由 `sampan completion` 生成的 Shell 脚本调用。",
  "complete a word that has not begun, after the words given": "补全尚未开始输入的词，位于已给出的词之后",
  "read no sampan.config.ts and no config.json": "不读取 sampan.config.ts 和 config.json",
  "read no sampan.config.ts around the plans, and no config.json":
    "不读取计划所在目录及上级目录中的 sampan.config.ts，也不读取 config.json",
  "what to do when the world is not what `sampan plan --out` wrote the plan for (default: refuse)":
    "当实际情况与 `sampan plan --out` 写出计划时不同时的处理方式（默认：refuse）",
  "which cloud: wins over the plan, settings and SAMPAN_CLOUD; without any, the simulator":
    "使用哪个云：优先于计划、设置和 SAMPAN_CLOUD；均未指定时使用模拟器",
  "do not ask before a real account is changed": "更改真实账号之前不再询问",
  "answer the question for this name, where what cannot be taken back asks to type it; repeatable":
    "对于无法撤销、需要输入名称确认的操作，以此名称作答；可重复使用",
  "Look at the world and say what a plan would do to it, or write it down for `sampan run`.":
    "查看实际情况，说明计划将对其执行的操作，或写入文件供 `sampan run` 使用。",
  "Opens the source, measures what would be read of it, and looks at bucket, object, role, image names, quotas and regions; changes nothing anywhere. Tells of each step what it would read, create, overwrite or skip, how much, how long, and what that rests on; what is billed; what would stop the run (exit code 5). What --out writes is run only on the world it was written for.":
    "打开迁移源，测量将读取的数据量，并查看 Bucket、对象、角色、镜像名称、配额和地域；不做任何更改。逐步说明将读取、新建、覆盖或跳过的内容、数据量、耗时及其依据，计费项目，以及会使运行停止的问题（退出码为 5）。--out 写出的文件只在实际情况与写出时一致时才会运行。",
  "show steps too that an earlier run has done": "同时显示先前的运行已完成的步骤",
  "say what `run --again` would do": "说明 `run --again` 将执行的操作",
  "write plan and world as JSON; `sampan run FILE` refuses when either has changed":
    "将计划和实际情况写为 JSON；其中任何一个发生变化时，`sampan run FILE` 会拒绝运行",
  "print the least RAM policy that lets the plan run, and nothing else":
    "只打印运行该计划所需的最小 RAM 权限策略",
  "look at nothing but the plan and the journals here": "只查看计划和本机的运行日志",
  "Judge plan files by reading them; runs none of them and asks no cloud.":
    "通过阅读来检查计划文件；不运行任何文件，也不访问任何云。",
  'Takes files, folders (every *.migration.ts and the like below them), patterns, or `-` for standard input. A sampan.config.ts above a file may set levels: `rules: { SMP107: "off" }`, and `extraRegions`. `// sampan-ignore SMP107 reason` silences one line. Exit code: 0 when there is nothing to mend, 1 with errors, 3 with warnings alone. `sampan explain SMP101` explains a code.':
    '可指定文件、目录（其下所有 *.migration.ts 等文件）、通配模式，或以 `-` 表示标准输入。文件上级目录中的 sampan.config.ts 可设置级别 `rules: { SMP107: "off" }` 以及 `extraRegions`。`// sampan-ignore SMP107 reason` 可忽略一行。退出码：没有问题时为 0，有错误时为 1，只有警告时为 3。`sampan explain SMP101` 可解释代码。',
  "make the changes that are safe, and tell what is left": "执行安全的更改，并列出剩余的问题",
  "gravest problem that does not fail the check (default: info)":
    "不会使检查失败的最高问题级别（默认：info）",
  "the result as a SARIF 2.1.0 log": "以 SARIF 2.1.0 格式输出结果",
  "check again whenever a file changes, until Ctrl+C": "文件变化时重新检查，直到按 Ctrl+C",
  "with `-`: the name of what stands on standard input": "与 `-` 一起使用：标准输入内容的文件名",
  "what the uploads may send together, such as 100mbit or 12MB/s":
    "所有上传合计可占用的带宽，例如 100mbit 或 12MB/s",
  "do not ask before a preparation is taken back": "撤销准备之前不再询问",
  "Say which names of the account completion offers, and ask the cloud for them anew.":
    "列出补全时可用的账号内名称，并可重新向云查询。",
  "Buckets, regions, zones, instance types, images and networks, kept for their owner alone; no key and no secret. Reads what is kept; the cloud is asked only with --refresh, with what the account may list.":
    "Bucket、地域、可用区、实例规格、镜像和网络的名称，仅所有者可读；不含任何密钥。只读取已保存的内容；仅在指定 --refresh 时才访问云，且只查询该账号有权列出的内容。",
  "ask the cloud now": "立即向云查询",
  "with --refresh: look into this region besides those with buckets; repeatable":
    "与 --refresh 一起使用：除有 Bucket 的地域外，还查询该地域；可重复使用",
  "Check that this machine, an account and a host have what migrations need; each finding with its fix.":
    "检查本机、账号和主机是否具备迁移所需的条件；每项检查结果都附有修复方法。",
  "Nothing outside this machine is asked unless a cloud is chosen (--cloud, settings, SAMPAN_CLOUD) or a host is named. Permissions are asked for by calls that change nothing; what only doing it would tell is said to be unknown. Exit code 1 when a check failed, 3 when there are only warnings.":
    "除非选择了云（--cloud、设置或 SAMPAN_CLOUD）或指定了主机，否则不访问本机之外的任何地方。权限通过不做更改的调用来检查；只有实际执行才能得知的权限显示为未知。有检查失败时退出码为 1，只有警告时为 3。",
  "region to ask about (default: that of settings or the credentials, else cn-hangzhou)":
    "要检查的地域（默认：设置或凭证中的地域，否则为 cn-hangzhou）",
  "also check this bucket, and what may be done in it": "同时检查该 Bucket，以及在其中可执行的操作",
  "also reach this host: ssh://, winrm://, esxi://, local://":
    "同时检查能否连接该主机：ssh://、winrm://、esxi://、local://",
  "mend what is on this machine: folders that are missing, files that others may read":
    "修复本机上的问题：缺少的目录，以及他人可读的文件",
  "Say what each setting is, and where it was said; of one, its value.":
    "列出每项设置的值及其来源；指定一项时只打印其值。",
  "Settings stand in options, in variables, in sampan.config.ts of the project and in config.json of the user. A project's file that is plain data is read; one that computes is code, and is run only by commands that run plans, and here with --execute.":
    "设置可来自选项、环境变量、项目的 sampan.config.ts 和用户的 config.json。项目文件若为纯数据则直接读取；若需要计算则属于代码，只有运行计划的命令以及此处指定 --execute 时才会运行。",
  "also what it overrode, what it takes, and what else says it":
    "同时显示被其覆盖的值、可取的值，以及其他设置方式",
  "run a project's file that computes its settings": "执行需要计算设置的项目文件",
  "Explain an error code, a rule, a fix-up or a problem of a plan; without one, list Sampan's codes.":
    "解释错误码、规则、修复项或计划中的问题；不带参数时列出 Sampan 的错误码。",
  "Open the shell, as `sampan` alone does, or evaluate a script by its rules.":
    "打开 Shell（与单独执行 `sampan` 相同），或按其规则执行脚本。",
  "A script is a file, code after -e, or what comes on stdin (`-`). It is evaluated statement by statement, and the value of each that is an expression is printed. `sampan -e CODE` is short for `sampan shell -e CODE`.":
    "脚本可以是文件、-e 之后的代码，或标准输入（`-`）的内容。脚本逐条语句执行，并打印每个表达式的值。`sampan -e CODE` 是 `sampan shell -e CODE` 的简写。",
  "evaluate this code; repeatable": "执行该代码；可重复使用",
  "evaluate this file first, in place of ~/.sampanrc.ts": "先执行该文件，代替 ~/.sampanrc.ts",
  "do not evaluate ~/.sampanrc.ts": "不执行 ~/.sampanrc.ts",
  "the value of each expression as one line of JSON on stdout, errors included":
    "将每个表达式的值作为一行 JSON 输出到标准输出，错误也包括在内",
};
