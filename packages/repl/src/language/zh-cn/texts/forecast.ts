import type { KnownTexts } from "../../known-texts.ts";

/** What a forecast notes, bills, assumes and finds in the way. */
export const forecastTexts: KnownTexts = {
  // Notes.
  "it runs; its disks are read at a moment that is held meanwhile": "正在运行；读取磁盘期间会保持一个时间点",
  "could not be looked at: {reason}": "无法查看：{reason}",
  "this key may not look at it": "此 AccessKey 没有查看权限",
  "partitions, file systems and settings of its guest; no data":
    "客户机系统的分区、文件系统和设置；不读取数据",
  "storage class {storageClass}": "存储类型 {storageClass}",
  "made for this rehearsal; outside of one it must exist, or the plan say createBucket: true":
    "为本次演练创建；正式运行时须已存在，或在计划中写明 `createBucket: true`",
  "the plan says createBucket: true": "计划中写明了 `createBucket: true`",
  "not looked at": "未查看",
  "lets ECS read the bucket": "允许 ECS 读取该 Bucket",
  "lets ECS read the bucket; it is {state}": "允许 ECS 读取该 Bucket；其状态为{state}",
  "the fix-ups, kept beside the journal; the source stays as it is": "修复项，保存在运行日志旁；源端保持不变",
  "the machine itself; what is changed can be taken back by `sampan prepare --undo`":
    "主机本身；所做更改可用 `sampan prepare --undo` 撤销",
  "snapshots of its logical volumes, removed afterwards": "其逻辑卷的快照，之后删除",
  "its file systems stand still while they are read": "读取期间冻结其文件系统",
  "nothing is held: what is read may not hold together": "不保持时间点：读取的内容可能不一致",
  "let go of": "释放",
  "what its file systems use": "文件系统已用的部分",
  "free space included": "包括空闲空间",
  "written whole into the share by {tool}": "由 {tool} 完整写入共享目录",
  "layout of the {format} file; no data is read": "{format} 文件的布局；不读取数据",
  "data and tables of the {format} file": "{format} 文件的数据和元数据表",
  "{parts} part is there already": "已有 {parts} 个分片",
  "{parts} parts are there already": "已有 {parts} 个分片",
  "replaces what is there: the plan says overwrite: true": "替换已有内容：计划中写明了 `overwrite: true`",
  "named after the run": "以运行命名",
  overlay: "叠加层",
  "vhd layout": "VHD 布局",
  "raw layout": "RAW 布局",
  "qcow2 layout": "QCOW2 布局",
  "checked by the cloud afterwards": "之后由云端检测",
  "{imageId} of run {runId}, which is taken as it is": "运行 {runId} 的 {imageId}，直接使用",
  "{imageId}, which has failed, is deleted first": "先删除失败的 {imageId}",
  "done by run {runId}": "已由运行 {runId} 完成",
  "by Image Builder, which starts an instance meanwhile": "由 Image Builder 完成，期间会启动一个实例",
  "shut down meanwhile, and started again": "期间关机，之后重新启动",
  "as after a power cut, where it runs": "若正在运行，则相当于断电后的状态",
  "with {count} account": "共享给 {count} 个账号",
  "with {count} accounts": "共享给 {count} 个账号",
  "for a test: deleted afterwards": "用于测试：之后删除",
  "billed until it is deleted": "删除前持续计费",
  "then keep": "之后保留",
  "then stop": "之后停止",
  "then delete": "之后删除",
  "console, heartbeat and ports are looked at": "查看控制台输出、心跳和端口",
  "the plan says createRole: true": "计划中写明了 `createRole: true`",
  // What is billed.
  "the object {name}, until it is deleted": "对象 {name}，直至删除",
  "about {parts} requests to send the parts": "上传分片约需 {parts} 次请求",
  "the snapshots behind image {name}, until image and snapshots are deleted":
    "镜像 {name} 的快照，直至镜像和快照均被删除",
  "the snapshots behind image {name} in {region}, until image and snapshots are deleted":
    "{region} 的镜像 {name} 的快照，直至镜像和快照均被删除",
  "snapshots of the instance's disks, until they are deleted": "实例磁盘的快照，直至删除",
  "an image copied from {from} to {to}: traffic between regions": "镜像从 {from} 复制到 {to}：跨地域流量",
  "an instance with its disk, until it is deleted": "一台实例及其磁盘，直至删除",
  "its traffic to the Internet, at up to {mbps} Mbit/s": "实例的公网流量，最高 {mbps} Mbit/s",
  "the instance that Image Builder works on, while it does": "Image Builder 工作期间使用的实例",
  // What estimates rest on.
  "a line of 100 Mbit/s": "线路带宽为 100 Mbit/s",
  "40 MiB of disk a second in the cloud": "云端每秒处理 40 MiB 磁盘",
  "40 MiB of disk a second in the cloud, for 40 GiB of it": "云端每秒处理 40 MiB 磁盘，磁盘按 40 GiB 计",
  // What is in the way.
  "bucket {name} does not exist": "Bucket {name} 不存在",
  "Make it, in the region of the image, or say `createBucket: true` in `upload`.":
    "请在镜像所在地域创建该 Bucket，或在 `upload` 中写明 `createBucket: true`。",
  "{name} exists already, and no run of this plan made it": "{name} 已存在，且不是由本计划的运行创建的",
  "Give another `key`, delete it, or say `overwrite: true` in `upload`.":
    "请指定其他 `key`、删除该对象，或在 `upload` 中写明 `overwrite: true`。",
  "the image name {name} is taken in {region}, by {imageId}":
    "镜像名称 {name} 在 {region} 已被 {imageId} 占用",
  "Give another name, or delete that image.": "请使用其他名称，或删除该镜像。",
  "{title} changed since run {runId} began to read it: {changes}":
    "自运行 {runId} 开始读取以来，{title} 已发生变化：{changes}",
  "`sampan run PLAN --refresh` sends only what changed and makes an image of its own; `--again` does all anew.":
    "`sampan run PLAN --refresh` 只上传变化的部分并生成单独的镜像；`--again` 则全部重新执行。",
  "Without it nothing was measured; the run itself looks again.": "因此未进行任何测量；运行时会再次查看。",
  "looking for instance {instanceId} in {region}: there is none": "在 {region} 查找实例 {instanceId}：不存在",
  "region {region} does not exist or is closed to this account": "地域 {region} 不存在，或未对此账号开放",
  "bucket {name} is in {actual}, the plan wants {wanted}": "Bucket {name} 位于 {actual}，而计划要求 {wanted}",
  "`sampan setup role` makes it ready, after asking; so does `createRole: true` in `import`.":
    "执行 `sampan setup role` 可在询问后将其准备就绪；在 `import` 中写明 `createRole: true` 也可以。",
  "Correct the region, or open it for the account in the console.":
    "请更正地域，或在控制台为该账号开通此地域。",
  // What the cloud said follows as it came.
  "checking the import of {name} in {region}: {said}": "检查在 {region} 导入 {name}：{said}",
  missing: "不存在",
  untrusted: "不信任 ECS",
  powerless: "缺少权限",
  "role {name} is {state}, so ECS cannot read the bucket":
    "角色 {name} 的状态为{state}，因此 ECS 无法读取该 Bucket",
};
