import type { KnownTexts } from "../../known-texts.ts";

/** Why the SDK refuses a source or a step of a plan, and what it says to do: in a check of the file, and when it is loaded. */
export const planRefusalTexts: KnownTexts = {
  // Where.
  "step {number} of a plan: {what}": "计划的第 {number} 步：{what}",
  "{place}: step {number} of a plan: {what}": "{place}：计划的第 {number} 步：{what}",
  "Migration.from(): {what}": "Migration.from()：{what}",
  "{place}: Migration.from(): {what}": "{place}：Migration.from()：{what}",
  // Kinds of hosts.
  "a disk image": "磁盘镜像文件",
  "a disk image behind a URL": "网址所指的磁盘镜像文件",
  "a live Linux host over SSH": "通过 SSH 连接的 Linux 主机",
  "this machine": "本机",
  "a live Windows host": "正在运行的 Windows 主机",
  "a virtual machine of an ESXi host": "ESXi 主机上的虚拟机",
  "an ECS instance": "ECS 实例",
  // Sources.
  "{address} names no host": "{address} 没有指明主机",
  "the path of a disk image is empty, too long, or holds a zero byte":
    "磁盘镜像文件的路径为空、过长或含有零字节",
  "{address} is no address of a file": "{address} 不是文件的地址",
  "{scheme}:// names no kind of host": "{scheme}:// 不代表任何一种主机",
  "{address} has a percent sign that encodes nothing": "{address} 中有一个百分号没有编码任何内容",
  "a {scheme}:// address holds a password": "{scheme}:// 地址中含有密码",
  "Write ecs://REGION/INSTANCE-ID, such as ecs://cn-hangzhou/i-bp1….":
    "请写为 `ecs://REGION/INSTANCE-ID`，例如 ecs://cn-hangzhou/i-bp1…。",
  "Write {form}.": "请写为 {form}。",
  // Values.
  "3 to 63 lower-case letters, digits or dashes, no dash at the ends":
    "3 至 63 个小写字母、数字或短横线，且首尾不能是短横线",
  "at most 1,023 bytes": "至多 1,023 字节",
  "a key that does not begin with a slash": "对象名称不能以斜杠开头",
  "a key without `.` or `..` segments": "对象名称中不能有 `.` 或 `..` 段",
  "a reason of at least three characters": "理由至少要有三个字符",
  '`on: "host"` changes the machine that runs: it goes with `confirm: true` only':
    '`on: "host"` 会更改正在运行的机器：须与 `confirm: true` 一起使用',
  'confirm goes with `on: "host"` only': '`confirm` 只能与 `on: "host"` 一起使用',
  'permitRootLogin is for the copy; `on: "host"` changes nothing by which the host is logged in to':
    '`permitRootLogin` 只用于副本；`on: "host"` 不会更改主机的任何登录方式',
  "a volume such as C:, or * for all": "卷，例如 `C:`，或用 `*` 表示全部",
  "kmsKeyId goes with encrypted: true only": "`kmsKeyId` 只能与 `encrypted: true` 一起使用",
  "the id of an account: a text of 16 digits": "账号 ID：由 16 位数字组成的文本",
  "at most 50 accounts: no image is shared with more": "至多 50 个账号：镜像不能共享给更多账号",
  "a region id such as cn-hangzhou or ap-southeast-1": "地域 ID，例如 cn-hangzhou 或 ap-southeast-1",
  "a region id such as cn-hangzhou": "地域 ID，例如 cn-hangzhou",
  "an instance id such as i-bp1…": "实例 ID，例如 `i-bp1…`",
  "2 to 128 letters, digits, `.`, `:`, `_` or `-`, beginning with a letter":
    "2 至 128 个字母、汉字、数字、`.`、`:`、`_` 或 `-`，且以字母或汉字开头",
  "a name that begins neither with `aliyun` nor with `acs:`": "名称不能以 `aliyun` 或 `acs:` 开头",
  "at most 16 tags": "至多 16 个标签",
  "a user name": "用户名",
  "a path without zero bytes": "不含零字节的路径",
  "the name of an environment variable": "环境变量的名称",
  "a URL without user and password: plans hold no secrets": "不含用户名和密码的网址：计划中不存放机密信息",
  "a URL without a signature: plans hold no secrets; give what follows the `?` by `queryFrom`":
    "不含签名的网址：计划中不存放机密信息；`?` 之后的内容请用 `queryFrom` 给出",
  "the name of a profile": "凭证配置的名称",
  "an instance type such as ecs.g7.large": "实例规格，例如 ecs.g7.large",
  "a zone such as cn-hangzhou-i": "可用区，例如 `cn-hangzhou-i`",
  // Steps.
  "{verb} cannot follow {place}": "{verb} 不能用在 {place} 之后",
  "{verb} comes after {choices}.": "{verb} 应在 {choices} 之后。",
  "{verb} was already called": "已经调用过 {verb}",
  "Give all options of {verb} in one call.": "请在一次调用中给出 {verb} 的全部选项。",
  "{verb} is for {what} and other hosts whose disks are read, and the host is {kind}":
    "{verb} 用于{what}等需要读取磁盘的主机，而该主机是{kind}",
  "{verb} is for {what}, and the host is {kind}": "{verb} 用于{what}，而该主机是{kind}",
  "What is read disk by disk is taken by `assess`, `capture`, a format, `upload` and `import`.":
    "逐个读取磁盘的主机，请使用 `assess`、`capture`、一种格式、`upload` 和 `import`。",
  "An instance's disks are taken by `snapshot` and `createImage`, inside the cloud.":
    "实例的磁盘由 `snapshot` 和 `createImage` 在云内获取。",
  'A live Windows host is judged by `assess`, and captured by `capture({ tool: "disk2vhd" })`. Or begin a plan with the image of its disk.':
    '正在运行的 Windows 主机用 `assess` 评估，用 `capture({ tool: "disk2vhd" })` 捕获。也可以用其磁盘的镜像文件开始一个计划。',
  "the disks of {kind} are not read from here": "不能从此处读取{kind}的磁盘",
  'Have the host write it into a share: `capture({ tool: "disk2vhd", share: { onHost: "\\\\\\\\convert-01\\\\VHD_DIR", here: "/srv/vhd" }, acceptLicence: true })`. Or begin a plan with the image of its disk.':
    '请让主机将磁盘写入共享目录：`capture({ tool: "disk2vhd", share: { onHost: "\\\\\\\\convert-01\\\\VHD_DIR", here: "/srv/vhd" }, acceptLicence: true })`。也可以用其磁盘的镜像文件开始一个计划。',
  "{option} is for hosts that run, and the host is {kind}": "{option} 用于正在运行的主机，而该主机是{kind}",
  "Leave it out: such a disk does not change while it is read.":
    "请去掉该选项：这样的磁盘在读取期间不会改变。",
  "no fix-up writes into a copy of Windows, and the host is {kind}":
    "没有修复项会写入 Windows 的副本，而该主机是{kind}",
  'Mend the host itself, with `prepare({ on: "host", confirm: true })`.':
    '请用 `prepare({ on: "host", confirm: true })` 修复主机本身。',
  '`on: "host"` is for hosts whose running system is reached, and the host is {kind}':
    '`on: "host"` 用于可以访问其运行中系统的主机，而该主机是{kind}',
  "Leave it out: the fix-ups are then applied to the copy.": "请去掉该选项：修复项会应用于副本。",
  // Tools.
  "capturing by {tool}: {why}": "用 {tool} 捕获：{why}",
  "it converts images and captures no disk": "该工具只转换镜像，不捕获磁盘",
  "Leave it out: `toVhd()`, `toRaw()` and `toQcow2()` convert. An image it wrote is a source as it is.":
    "请去掉该选项：转换由 `toVhd()`、`toRaw()` 和 `toQcow2()` 完成。该工具写出的镜像可直接作为来源。",
  "no command line of it is documented, so it is used by hand": "该工具没有公开的命令行，只能手工使用",
  "Start it on the host and give it a share as its destination, such as \\\\convert-01\\VHD_DIR\\web-01.vhd; then begin a plan with that file. `disk2vhd` does the same from a command line.":
    "请在主机上启动该工具，并以共享目录为目标，例如 `\\\\convert-01\\VHD_DIR\\web-01.vhd`；然后用该文件开始一个计划。`disk2vhd` 可以通过命令行完成同样的工作。",
  "no command line of it is documented, so it is used by hand; and it converts VMDKs, which are read as they are":
    "该工具没有公开的命令行，只能手工使用；而且它转换的 VMDK 本来就可以直接读取",
  "Begin a plan with the VMDK.": "请用该 VMDK 开始一个计划。",
  "{option} says nothing of a capture by {tool}": "{option} 对用 {tool} 进行的捕获不起作用",
  "Leave it out, or name another tool.": "请去掉该选项，或指定其他工具。",
  "it runs on Linux, and the host is {kind}": "该工具在 Linux 上运行，而该主机是{kind}",
  "it runs on Windows, and the host is {kind}": "该工具在 Windows 上运行，而该主机是{kind}",
  "Leave the tool out, or begin a plan with the image that it wrote.":
    "请去掉该工具，或用它写出的镜像开始一个计划。",
  "capturing by {tool}, which writes into a share, and none is named":
    "用 {tool} 捕获时须写入共享目录，但没有指定共享目录",
  'Say `share: { onHost: "/mnt/store", here: "/srv/images" }`: one folder, as the host and as this machine sees it. `sampan share` makes one.':
    '请写 `share: { onHost: "/mnt/store", here: "/srv/images" }`：同一个目录，分别为主机和本机所见的路径。`sampan share` 可创建共享目录。',
  "{option} says how Sampan holds the disk, and {tool} reads it as it changes":
    "{option} 指定 Sampan 如何保持磁盘不变，而 {tool} 读取的是正在变化的磁盘",
  "{option} says how Sampan holds the disk, and {tool} reads it as Windows holds it":
    "{option} 指定 Sampan 如何保持磁盘不变，而 {tool} 按 Windows 保持的状态读取磁盘",
  "Leave it out, or leave the tool out.": "请去掉该选项，或去掉该工具。",
  "disk2vhd takes volumes and no disks": "disk2vhd 以卷为单位，而不是磁盘",
  'Say `volumes: ["C:"]`.': '请写 `volumes: ["C:"]`。',
  "a disk that dd copies while it is in use cannot be mended afterwards: its file systems were not unmounted":
    "dd 在磁盘使用期间复制的内容事后无法修复：其文件系统没有卸载",
  'Mend the host itself, with `prepare({ on: "host", confirm: true })`, or leave the tool out.':
    '请用 `prepare({ on: "host", confirm: true })` 修复主机本身，或去掉该工具。',
};
