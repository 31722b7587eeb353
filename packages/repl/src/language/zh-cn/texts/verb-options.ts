import type { KnownTexts } from "../../known-texts.ts";

/** What `?step` of the shell says of the options and limits of the steps of a plan, by the catalogue's words. */
export const verbOptionTexts: KnownTexts = {
  "Which dated set of rules to judge by. Default: `current`.":
    "按哪一套带日期的规则评估。默认值：`current`。",
  "Blockers to accept: rule id → the reason, which the journal keeps.":
    "要接受的阻断项：规则 ID → 理由，理由记入运行日志。",
  "Shut the guest down first, never by force, and start it again afterwards. Default: false, which leaves its file systems as after a power cut.":
    "先关闭客户机系统（从不强制），之后再启动。默认值：`false`，此时文件系统处于如同断电后的状态。",
  "Whether data disks are taken too. Default: `all`.": "是否同时获取数据盘。默认值：`all`。",
  "Stop waiting (exit 124) after so long; the snapshots go on.":
    "超过该时间后不再等待（退出码 124）；快照仍继续创建。",
  "Name of the image, unique in its region. Default: the instance's name.":
    "镜像的名称，在其地域内唯一。默认值：实例的名称。",
  "Ask the cloud to check the guest afterwards. Default: false.":
    "之后请云端检测客户机系统。默认值：`false`。",
  "Stop waiting (exit 124) after so long; the image goes on being made.":
    "超过该时间后不再等待（退出码 124）；镜像仍继续创建。",
  "Where to apply the fix-ups: `copy` (the default), an overlay that never touches the host, or `host`, the machine that runs, as the whitepaper does by hand. The copy is then left as the host is.":
    "在何处应用修复项：`copy`（默认值）是从不触及主机的覆盖层；`host` 是正在运行的机器，如同白皮书的手工做法，此时副本与主机保持一致。",
  'Says that the machine itself may be changed; `on: "host"` is refused without. The command asks besides.':
    '表示可以更改机器本身；没有它，`on: "host"` 会被拒绝。命令另外还会询问。',
  "Ids of fix-ups to leave out.": "要略去的修复项 ID。",
  "Ids of the only fix-ups to apply.": "只应用这些 ID 的修复项。",
  "What the fix-up `selinux` sets. Default: `disabled`.": "修复项 `selinux` 所设的值。默认值：`disabled`。",
  "What the fix-up `sshd` sets `PermitRootLogin` to, on a copy. Default: left as it is.":
    "修复项 `sshd` 在副本上为 `PermitRootLogin` 设的值。默认保持原样。",
  "Names of the disks to capture. Default: the system disk.": "要捕获的磁盘的名称。默认值：系统盘。",
  "Whether blocks the file systems call free are left out (`skip`, the default) or sent (`keep`).":
    "文件系统标为空闲的块是略去（`skip`，默认值）还是发送（`keep`）。",
  "How what is read of a host that runs holds together: a snapshot of its logical volumes (the default), its file systems frozen meanwhile, or nothing.":
    "从正在运行的主机读取的内容如何保持一致：对其逻辑卷创建快照（默认）、在此期间冻结文件系统，或不作处理。",
  "What reads the disk. `stream`, the default, is Sampan itself; nothing is installed on the host. `dd` of a Linux host, or `disk2vhd` of a Windows host, writes it into `share`, and the file is read from there. The others are refused, each with what to do instead.":
    "用什么读取磁盘。默认值 `stream` 是 Sampan 自身，不在主机上安装任何东西。Linux 主机的 `dd` 或 Windows 主机的 `disk2vhd` 将磁盘写入 `share`，再从那里读取文件。其他工具会被拒绝，并各自说明应改用什么。",
  "With a tool: one folder as the host sees it (`onHost`: the mount point, or the share's address on Windows) and as this machine does (`here`).":
    "与工具一起使用：同一个目录，分别为主机所见（`onHost`：挂载点，或 Windows 上共享的地址）和本机所见（`here`）的路径。",
  "Volumes that `disk2vhd` takes. Default: all of the host's only disk.":
    "`disk2vhd` 要捕获的卷。默认值：主机唯一磁盘上的所有卷。",
  "Path of `disk2vhd` on the host. Default: where it is found. Nothing is ever copied there.":
    "主机上 `disk2vhd` 的路径。默认值：查找到的位置。从不向主机复制任何东西。",
  "That you have read the tool's licence and accept it; `disk2vhd` runs only then.":
    "表示您已阅读并接受该工具的许可；只有这样 `disk2vhd` 才会执行。",
  "Room for what changes on the host while a snapshot is there, in bytes for each logical volume. Default: what is free, up to a fifth.":
    "快照存在期间为主机上的更改预留的空间，以每个逻辑卷的字节数计。默认值：空闲空间，至多五分之一。",
  "How long the host keeps the moment after it last heard of us, in milliseconds. Default: half an hour for a snapshot, two minutes for a freeze.":
    "主机最后一次收到我方消息后保持该时间点多久，以毫秒计。默认值：快照为半小时，冻结为两分钟。",
  "Default: `dynamic`, in which absent blocks cost nothing.": "默认值：`dynamic`，其中不存在的块不占空间。",
  "Object key. Default: `sampan/<host>/<run>-<disk>.<format>`.":
    "对象名称。默认值：`sampan/<host>/<run>-<disk>.<format>`。",
  "Region of the bucket. Default: looked up.": "Bucket 的地域。默认自动查询。",
  "Create the bucket when it does not exist. Default: false.": "Bucket 不存在时创建。默认值：`false`。",
  "Replace an object that this run did not make. Default: false.":
    "替换不是由本次运行创建的对象。默认值：`false`。",
  "Most parts in flight at once. Default: 4, and up to 8 while that is faster.":
    "同时传输的分片数上限。默认值：4，若更快则增至 8。",
  "Bytes of a part. Default: by size and measured bandwidth, never past 10,000 parts.":
    "每个分片的字节数。默认按大小和实测带宽决定，分片数不超过 10,000。",
  "Bandwidth limit. Default: none.": "带宽限制。默认不限。",
  "Free the parts at the store on cancel. Default: they stay for a resume, billed.":
    "取消时释放存储端的分片。默认保留以便继续，会计费。",
  "Name of the image, unique in its region. Default: the host's name.":
    "镜像的名称，在其地域内唯一。默认值：主机的名称。",
  "Region of the image; must be the bucket's. Default: the bucket's.":
    "镜像的地域；必须与 Bucket 的地域相同。默认值：Bucket 的地域。",
  "Operating system as ECS names it. Default: from the assessment.": "ECS 所用的操作系统名称。默认取自评估。",
  "Default: from the assessment.": "默认取自评估。",
  "Who brings the licence. Default: `BYOL` for Red Hat, SUSE and clients of Windows, `Aliyun` for servers of Windows.":
    "许可证由谁提供。默认值：Red Hat、SUSE 和 Windows 客户端版本为 `BYOL`，Windows Server 为 `Aliyun`。",
  "Ask the cloud to check the guest after the import. Default: true.":
    "导入后请云端检测客户机系统。默认值：`true`。",
  "Create the RAM role that lets ECS read the bucket when it is missing. Default: false.":
    "缺少允许 ECS 读取 Bucket 的 RAM 角色时创建该角色。默认值：`false`。",
  "Stop waiting (exit 124) after so long; the import goes on.":
    "超过该时间后不再等待（退出码 124）；导入仍继续进行。",
  "What becomes of what goes on in the cloud when the run is cancelled: it is cancelled too (the default), or left to itself.":
    "取消运行时，云端正在进行的操作如何处理：一并取消（默认），或任其继续。",
  "What makes the image: ImportImage (the default), or ECS's Image Builder, which is experimental here: it starts an instance that is billed while it works, and makes no check.":
    "用什么创建镜像：ImportImage（默认），或 ECS 的 Image Builder。后者在此处为实验性功能：它会启动一个在工作期间计费的实例，且不做检测。",
  'What Image Builder mends in the guest by itself, with `strategy: "image-builder"`. Default: nothing.':
    '使用 `strategy: "image-builder"` 时，Image Builder 自行在客户机系统中修复的内容。默认不修复。',
  "Regions to copy the image to, all at once.": "同时将镜像复制到的地域。",
  "Name of the copies, unique in each region. Default: the image's.":
    "副本的名称，在各地域内唯一。默认值：镜像的名称。",
  "Tags of the copies, besides the run's own.": "除本次运行自带的标签外，副本的标签。",
  "Encrypt the copies. Default: as the account has set it for each region.":
    "加密副本。默认按账号在各地域的设置。",
  "KMS key to encrypt with, one of the destination region; only with `encrypted: true`.":
    "用于加密的 KMS 密钥，须属于目标地域；只能与 `encrypted: true` 一起使用。",
  "Stop waiting for a copy (exit 124) after so long; the copy goes on.":
    "超过该时间后不再等待副本（退出码 124）；复制仍继续进行。",
  "Ids of the accounts to share with, of 16 digits each, as text.":
    "要共享给的账号 ID，各为 16 位数字，以文本书写。",
  "Region to launch in; the plan must have an image there. Default: the first image's.":
    "启动实例的地域；计划在该地域须有镜像。默认值：第一个镜像的地域。",
  "Profile of the account that launches: one the image is shared with. Default: the account of the run.":
    "启动实例的账号的凭证配置：须是镜像已共享给的账号。默认值：本次运行的账号。",
  "Instance types to try, the best first. Default: types of 2 vCPUs and 4 to 8 GiB.":
    "要尝试的实例规格，最优先的在前。默认值：2 个 vCPU、4 至 8 GiB 内存的规格。",
  "vSwitches to try, the best first, all of one VPC. Default: those of the VPC.":
    "要尝试的 vSwitch，最优先的在前，须属于同一个 VPC。默认值：该 VPC 的 vSwitch。",
  "VPC to launch in. Default: the security group's, or the only one there is.":
    "启动实例的 VPC。默认值：安全组所在的 VPC，或唯一的 VPC。",
  "Security group of the instance. Default: the only one of the VPC.":
    "实例的安全组。默认值：该 VPC 唯一的安全组。",
  "Only this zone. Default: any that has the type.": "只用该可用区。默认值：任何有该规格的可用区。",
  "Name of the instance. Default: the image's.": "实例的名称。默认值：镜像的名称。",
  "Default: the best the zone has.": "默认值：该可用区中最好的一种。",
  "Default: 40, or the image's size when that is more.": "默认值：40；镜像更大时为镜像的大小。",
  "Key pair to log in with; Linux only.": "用于登录的密钥对；仅限 Linux。",
  "Mbit/s to the Internet; 0, the default, gives no public address.":
    "到互联网的带宽（Mbit/s）；默认值 0 表示不分配公网地址。",
  "Launch for a test only: the cloud deletes the instance by itself, and `verify` does before. Default: false.":
    "仅为测试而启动：云端会自动删除该实例，`verify` 会更早删除。默认值：`false`。",
  "When the cloud deletes the instance by itself, from the launch on. Default: never; an hour for a test.":
    "从启动算起，云端何时自动删除实例。默认从不删除；测试时为一小时。",
  "TCP ports that must answer from here; 22 must show the banner of SSH. Default: none.":
    "必须能从此处应答的 TCP 端口；22 端口须给出 SSH 标识。默认不检查。",
  "How long the boot may take until it is proven. Default: 10 minutes.":
    "启动在得到证明之前可以花多长时间。默认值：10 分钟。",
  "What becomes of the instance. Default: `keep`; `delete` for a test.":
    "实例如何处理。默认值：`keep`；测试时为 `delete`。",
  "A blocker ends the run unless it is accepted by id with a reason.":
    "阻断项会结束运行，除非按 ID 接受并给出理由。",
  "For ECS instances only.": "仅用于 ECS 实例。",
  "An instance that does not obey the request to shut down is not forced.":
    "不响应关机请求的实例不会被强制关机。",
  "Snapshots stay, billed, until you delete them.": "快照会一直保留并计费，直到您将其删除。",
  "One system disk and up to 16 data disks.": "一块系统盘和至多 16 块数据盘。",
  "Writes ext2, ext3 and ext4 only; a file system that needs journal replay is refused.":
    "只写入 ext2、ext3 和 ext4；需要重放日志的文件系统会被拒绝。",
  "Runs nothing of the guest and knows no other engine, such as libguestfs: an initramfs, XFS, Btrfs and NTFS have to be mended on the host.":
    "不执行客户机系统中的任何程序，也不使用 `libguestfs` 等其他引擎：initramfs、XFS、Btrfs 和 NTFS 须在主机上修复。",
  '`on: "host"` knows the fix-ups `mounts`, `selinux`, `firewall` and `network-manager`, and leaves the copy as the host is; of Windows `firewall`, `uac`, `remote-desktop`, `sleep` and `hibernation`.':
    '`on: "host"` 支持修复项 `mounts`、`selinux`、`firewall` 和 `network-manager`，副本与主机保持一致；在 Windows 上支持 `firewall`、`uac`、`remote-desktop`、`sleep` 和 `hibernation`。',
  "Free space is left out for ext2 to ext4, XFS, Btrfs, NTFS, FAT, exFAT and LVM when they are clean; anything else is taken whole.":
    "ext2 至 ext4、XFS、Btrfs、NTFS、FAT、exFAT 和 LVM 在状态干净时略去空闲空间；其他的完整获取。",
  "A snapshot of a host that runs needs logical volumes with free space in their group; parts of the disk outside of them are read as they are.":
    "对正在运行的主机创建快照，需要卷组中有空闲空间的逻辑卷；磁盘上逻辑卷以外的部分按原样读取。",
  "`freeze` stops all writing on the host until everything is read and sent.":
    "`freeze` 会停止主机上的所有写入，直到全部读取并发送完毕。",
  "`none` gives a disk as after a power cut, with files torn that changed meanwhile.":
    "`none` 得到的磁盘如同断电后的状态，期间更改过的文件可能残缺。",
  "A Windows that runs is captured by Disk2VHD alone, which lies on it already; Alip2v and XenConvert are used by hand, and the file they wrote is a source.":
    "正在运行的 Windows 只能用已在其上的 Disk2VHD 捕获；Alip2v 和 XenConvert 须手工使用，它们写出的文件可作为来源。",
  "What dd copies is as with `none`, free space and all, and the file stays in the share.":
    "dd 复制的内容与 `none` 相同，包括空闲空间，且文件留在共享目录中。",
  "At most 2,040 GiB; the size is rounded up to whole MiB.": "至多 2,040 GiB；大小向上取整到 MiB。",
  "The object is as large as the disk.": "对象与磁盘一样大。",
  "At most 10,000 parts of 100 KiB to 5 GiB; the bucket must be of class Standard or IA and unencrypted.":
    "至多 10,000 个分片，每个 100 KiB 至 5 GiB；Bucket 的存储类型须为标准或低频访问，且未加密。",
  "The bucket must lie in the region of the image.": "Bucket 必须位于镜像所在的地域。",
  "One system disk and up to 16 data disks, each of 1 to 2,048 GiB.":
    "一块系统盘和至多 16 块数据盘，每块 1 至 2,048 GiB。",
  'By `strategy: "image-builder"`, experimental: no i386, names of at most 64 characters.':
    '使用实验性的 `strategy: "image-builder"` 时：不支持 `i386`，名称至多 64 个字符。',
  "Cancelling the run cancels the import in the cloud too, unless `onCancel` says otherwise; a deadline does not.":
    "取消运行也会取消云端的导入，除非 `onCancel` 另有指定；到达截止时间则不会。",
  "The cloud runs five copies per region at once and queues the rest.":
    "云端在每个地域同时进行五个复制，其余排队。",
  "Some regions take no copy of an image made of a VHD: then send the disk by `toRaw`.":
    "有些地域不接受由 VHD 创建的镜像的副本：此时请用 `toRaw` 发送磁盘。",
  "At most 50 accounts an image.": "每个镜像至多共享给 50 个账号。",
  "An image is shared in its own region: copies that a later `copyTo` makes are not shared.":
    "镜像只在其所在地域共享：之后由 `copyTo` 创建的副本不会共享。",
  "Accounts of the China site and of the international site share no images.":
    "中国站账号与国际站账号之间不能共享镜像。",
  "The instance is billed from the launch until it is deleted.": "实例从启动起计费，直到被删除。",
  "vSwitch and security group lie in one VPC.": "vSwitch 和安全组须在同一个 VPC 中。",
  "An image is launched in its own region, and by the accounts it is shared with.":
    "镜像只能在其所在地域，并由其所共享给的账号启动。",
  "Proof is a login prompt on the console, the heartbeat of Cloud Assistant, or a port that answers; a picture is kept and proves nothing.":
    "证据是控制台上的登录提示、云助手的心跳，或有应答的端口；截图会保存，但不作为证据。",
  "A rehearsal in which no machine runs proves nothing, and says so.":
    "没有机器运行的演练证明不了任何东西，并会说明这一点。",
};
