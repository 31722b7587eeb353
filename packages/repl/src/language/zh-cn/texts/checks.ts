import type { KnownTexts } from "../../known-texts.ts";

/** What rules look at. */
export const checkTexts: KnownTexts = {
  "The volumes of the disk: one of them must hold the root of a Linux or the system folder of a Windows guest. The evidence names the volumes that were seen.":
    "磁盘上的各个卷：其中一个必须是 Linux 的根文件系统，或 Windows 的系统目录所在的卷。证据列出看到的卷。",
  "The family that `/etc/os-release` or the older release files name, against the platform names of ImportImage. The evidence is that family.":
    "`/etc/os-release` 或更早的发行版文件中的系统家族，与 ImportImage 的平台名称对照。证据为该家族名称。",
  "The version in the guest's release files; with Windows the build, product type and service pack in the SOFTWARE and SYSTEM hives. The evidence is that version.":
    "客户机系统发行版文件中的版本；Windows 则为 SOFTWARE 和 SYSTEM 配置单元中的版本号、产品类型和 Service Pack。证据为该版本。",
  "Distribution and version in the guest's release files; with Windows the build, product type and edition in the registry. The evidence is what was found.":
    "客户机系统发行版文件中的发行版和版本；Windows 则为注册表中的版本号、产品类型和版本类型。证据为所找到的内容。",
  "The machine that the guest's own programs are made for (ELF header, or the registry of Windows), and how the disk boots. The evidence is both.":
    "客户机系统自身程序所面向的架构（ELF 文件头，或 Windows 注册表），以及磁盘的启动方式。证据包括二者。",
  "The machine that the guest's own programs are made for, as their ELF headers say.":
    "客户机系统自身程序的 ELF 文件头所标明的架构。",
  "The last line of `/etc/adjtime`, and what older distributions keep in `/etc/sysconfig/clock` or `/etc/default/rcS`.":
    "`/etc/adjtime` 的最后一行，以及较早的发行版保存在 `/etc/sysconfig/clock` 或 `/etc/default/rcS` 中的设置。",
  "Boot code in the first sector, BIOS boot partitions, EFI system partitions. The evidence is the boot mode, or the kind of partition table where no loader was seen.":
    "第一个扇区中的引导代码、BIOS 启动分区和 EFI 系统分区。证据为启动模式；没有看到引导程序时为分区表的类型。",
  "The kernels in `/boot`, newest first, or the build number in the SOFTWARE hive of Windows. The evidence is the kernel's file or the build.":
    "`/boot` 中的内核（最新的在前），或 Windows 的 SOFTWARE 配置单元中的版本号。证据为内核文件或版本号。",
  "What is inside the initramfs of the newest kernel, `modules.builtin` or the kernel's configuration, and `modules.dep`. With Windows the services `viostor`, `vioscsi` and `netkvm` of the SYSTEM hive, their start type and the files they name. The evidence is the initramfs or the registry key.":
    "最新内核的 initramfs 内容、`modules.builtin` 或内核配置，以及 `modules.dep`。Windows 则为 SYSTEM 配置单元中的服务 `viostor`、`vioscsi` 和 `netkvm`，及其启动类型和所指向的文件。证据为 initramfs 或注册表项。",
  "The initramfs of the newest kernel, what is built into it, and its modules. The evidence is the initramfs.":
    "最新内核的 initramfs、内核内置的内容及其模块。证据为 initramfs。",
  "Each line of `/etc/fstab`: how it names its device, whether a volume of the captured disks answers to that name, and the options `nofail` and `noauto`. The evidence is the line.":
    "`/etc/fstab` 的每一行：如何命名其设备，所捕获磁盘上是否有卷与该名称对应，以及选项 `nofail` 和 `noauto`。证据为该行。",
  "The `root=` of each Linux entry in GRUB 2, GRUB legacy, BLS entries, extlinux, systemd-boot and LILO. The evidence is file and line.":
    "GRUB 2、GRUB legacy、BLS 条目、extlinux、systemd-boot 和 LILO 中每个 Linux 条目的 `root=`。证据为文件和行号。",
  "What configures the interfaces: ifupdown, `ifcfg-*`, netplan, systemd-networkd, keyfiles of NetworkManager; with Windows the interfaces of `Tcpip\\Parameters`. One interface by DHCP is enough. The evidence is the file or key.":
    "接口的配置来源：ifupdown、`ifcfg-*`、netplan、systemd-networkd、NetworkManager 的 keyfile；Windows 则为 `Tcpip\\Parameters` 下的接口。有一个接口使用 DHCP 即可。证据为文件或注册表项。",
  "`SELINUX=` in `/etc/selinux/config`, the last assignment. The evidence is that file.":
    "`/etc/selinux/config` 中 `SELINUX=` 的最后一次赋值。证据为该文件。",
  "Whether cloud-init and growpart are installed, the version of the newest kernel, and which partition lies last. The evidence is what is missing.":
    "是否安装了 cloud-init 和 growpart，最新内核的版本，以及哪个分区位于最后。证据为所缺少的部分。",
  "The service `aliyun` of a Linux guest, `AliyunService` of Windows, and whether it starts at boot. The evidence is its unit, script or key.":
    "Linux 客户机系统的 `aliyun` 服务、Windows 的 `AliyunService`，以及是否开机启动。证据为其单元文件、脚本或注册表项。",
  "Whether cloud-init is installed, whether it starts at boot, and `datasource_list` in `/etc/cloud`.":
    "是否安装了 cloud-init，是否开机启动，以及 `/etc/cloud` 中的 `datasource_list`。",
  "The service `aegis` of a Linux guest, and whether it starts at boot. The evidence is its unit or script.":
    "Linux 客户机系统的 `aegis` 服务，以及是否开机启动。证据为其单元文件或脚本。",
  "The version of the newest kernel in `/boot`, and that of the distribution. The evidence is the kernel's file.":
    "`/boot` 中最新内核的版本，以及发行版的版本。证据为内核文件。",
  "`\\Boot\\BCD`, `\\EFI\\Microsoft\\Boot\\BCD` on the EFI system partition, before Vista `\\boot.ini`. Where it should be is the evidence.":
    "`\\Boot\\BCD`、EFI 系统分区上的 `\\EFI\\Microsoft\\Boot\\BCD`，Vista 之前为 `\\boot.ini`。证据为其应在的位置。",
  "`\\bootmgr`, `\\EFI\\Microsoft\\Boot\\bootmgfw.efi`, before Vista `\\ntldr`, on every volume of the disk. Where it should be is the evidence.":
    "磁盘各卷上的 `\\bootmgr`、`\\EFI\\Microsoft\\Boot\\bootmgfw.efi`，Vista 之前为 `\\ntldr`。证据为其应在的位置。",
  "The SOFTWARE hive in `System32\\config`: it must tell the build or the edition. The evidence is the hive's file.":
    "`System32\\config` 中的 SOFTWARE 配置单元：其中必须有版本号或版本类型。证据为该配置单元文件。",
  "`UpperFilters` and `LowerFilters` of the disk and volume classes in the SYSTEM hive, without Windows's own (`partmgr`, `volsnap` and so on), and whether the file of each is there. A filter that is there is only told. The evidence is the class key.":
    "SYSTEM 配置单元中磁盘类和卷类的 `UpperFilters` 与 `LowerFilters`，Windows 自身的（`partmgr`、`volsnap` 等）除外，以及各自的驱动文件是否存在。驱动文件存在的过滤驱动只作提示。证据为该类的注册表项。",
  "The packages in `\\Windows\\servicing\\Packages`, by their KB numbers. Nothing is found where the folder cannot be read. The evidence is the package or the folder.":
    "`\\Windows\\servicing\\Packages` 中的软件包及其 KB 编号。无法读取该目录时不产生检查结果。证据为软件包或该目录。",
  "`ImageState` below `Setup\\State` in the SOFTWARE hive: `IMAGE_STATE_UNDEPLOYABLE` is the state in between. The evidence is that value.":
    "SOFTWARE 配置单元中 `Setup\\State` 下的 `ImageState`：`IMAGE_STATE_UNDEPLOYABLE` 表示中间状态。证据为该值。",
  "What Windows keeps for its next start in the registry: Windows Update, Component Based Servicing, files to be renamed. The evidence is its name.":
    "Windows 在注册表中为下次启动保留的内容：Windows Update、基于组件的服务（Component Based Servicing）、待重命名的文件。证据为其名称。",
  "`hide_devices` below `Services\\XenPCI\\Parameters` in the SYSTEM hive. The evidence is that key.":
    "SYSTEM 配置单元中 `Services\\XenPCI\\Parameters` 下的 `hide_devices`。证据为该注册表项。",
  "`DeviceInstallDisabled` below `Services\\DeviceInstall\\Parameters`, before Windows Server 2008 R2 `Services\\PlugPlay\\Parameters`, in the SYSTEM hive. The evidence is that key.":
    "SYSTEM 配置单元中 `Services\\DeviceInstall\\Parameters`（Windows Server 2008 R2 之前为 `Services\\PlugPlay\\Parameters`）下的 `DeviceInstallDisabled`。证据为该注册表项。",
  "The header of `hiberfil.sys`, and `HiberbootEnabled` in the SYSTEM hive. The evidence is the file or value.":
    "`hiberfil.sys` 的文件头，以及 SYSTEM 配置单元中的 `HiberbootEnabled`。证据为该文件或该值。",
  "LUKS and BitLocker signatures on the volumes, and `/etc/crypttab`. The evidence is where the volume begins, or the line.":
    "各卷上的 LUKS 和 BitLocker 签名，以及 `/etc/crypttab`。证据为卷的起始位置或该行。",
  "Units, run-level links and upstart jobs of iptables, firewalld, ufw, nftables, SuSEfirewall2, shorewall; with Windows `EnableFirewall` of each profile. The evidence is the link or key.":
    "iptables、firewalld、ufw、nftables、SuSEfirewall2、shorewall 的单元文件、运行级别链接和 upstart 任务；Windows 则为各配置文件的 `EnableFirewall`。证据为该链接或注册表项。",
  "Whether the unit or script of NetworkManager starts at boot. The evidence is the link that starts it.":
    "NetworkManager 的单元文件或脚本是否开机启动。证据为使其启动的链接。",
  "What configures the interfaces of the guest; one that is described twice, by an old and a new tool, counts once. Windows remembers cards that are gone, so there the profile `current` only tells. The evidence is each file or key.":
    "客户机系统接口的配置来源；由新旧两种工具重复描述的接口只计一次。Windows 会记住已不存在的网卡，因此规则集 `current` 对其只作提示。证据为各个文件或注册表项。",
  "Configured IPv6 addresses and methods of each interface; nothing is found where IPv6 is switched off for the whole guest. The evidence is the file or key. Windows keeps fixed addresses of IPv6 in a store that is not read from a disk, so with Windows this is told of live hosts only.":
    "各接口配置的 IPv6 地址和方式；整个客户机系统已关闭 IPv6 时不产生检查结果。证据为该文件或注册表项。Windows 将固定的 IPv6 地址保存在无法从磁盘读取的存储中，因此对 Windows 只检查正在运行的主机。",
  "Whether sshd is installed, and `Port` and `PermitRootLogin` in `/etc/ssh/sshd_config` and the files it includes, outside of `Match`. The evidence is the file.":
    "是否安装了 sshd，以及 `/etc/ssh/sshd_config` 及其包含的文件中、`Match` 之外的 `Port` 和 `PermitRootLogin`。证据为该文件。",
  "`fDenyTSConnections` below `Control\\Terminal Server`, and `PortNumber` below `WinStations\\RDP-Tcp`, in the SYSTEM hive. The evidence is the key.":
    "SYSTEM 配置单元中 `Control\\Terminal Server` 下的 `fDenyTSConnections` 和 `WinStations\\RDP-Tcp` 下的 `PortNumber`。证据为该注册表项。",
  "`EnableLUA` below `Policies\\System` in the SOFTWARE hive. It must be 0; a value that is not set is not judged.":
    "SOFTWARE 配置单元中 `Policies\\System` 下的 `EnableLUA`。该值必须为 0；没有设置时不作判断。",
  "The line of root in `/etc/shadow`, `/root/.ssh/authorized_keys`, and whether cloud-init is installed. No password and no key is shown.":
    "`/etc/shadow` 中 root 的行、`/root/.ssh/authorized_keys`，以及是否安装了 cloud-init。不会显示任何密码或密钥。",
  "The start type of the software protection service (`sppsvc`, with Vista `slsvc`; before Vista no service does it) in the SYSTEM hive, and `KeyManagementServiceName` in the SOFTWARE hive. The evidence is the key.":
    "SYSTEM 配置单元中软件保护服务（`sppsvc`，Vista 为 `slsvc`；Vista 之前没有此类服务）的启动类型，以及 SOFTWARE 配置单元中的 `KeyManagementServiceName`。证据为该注册表项。",
  "Whether the guest is registered with its maker: the identity of subscription-manager, RHN or SUSEConnect on the disk. The evidence is that file.":
    "客户机系统是否已向厂商注册：磁盘上 subscription-manager、RHN 或 SUSEConnect 的身份信息。证据为该文件。",
  "Rules with a hardware address in `/etc/udev/rules.d`. The evidence is file and line.":
    "`/etc/udev/rules.d` 中带有硬件地址的规则。证据为文件和行号。",
  "Units and scripts of such tools that start at boot; with Windows their services in the SYSTEM hive. The evidence is the link or key.":
    "此类工具开机启动的单元文件和脚本；Windows 则为 SYSTEM 配置单元中的服务。证据为该链接或注册表项。",
  "Whether the unit or script of qemu-guest-agent starts at boot. The evidence is what starts it.":
    "qemu-guest-agent 的单元文件或脚本是否开机启动。证据为使其启动的内容。",
  "Blocks and inodes in use, as the superblock of each mounted file system tells. The evidence is both numbers.":
    "每个已挂载文件系统的超级块所记录的已用块数和 inode 数。证据为这两个数字。",
  "The state and journal flags in the superblock, with NTFS the dirty flag of the volume. The evidence is where the volume begins.":
    "超级块中的状态标志和日志标志，NTFS 则为卷的脏标志。证据为卷的起始位置。",
  "The signature of each volume of the system disk. The evidence is where the volume begins.":
    "系统盘上各卷的签名。证据为卷的起始位置。",
  "The features in the superblock of each ext4 volume. The evidence is where the volume begins, and its features.":
    "每个 ext4 卷的超级块中的特性。证据为卷的起始位置及其特性。",
  "LVM2 labels on the volumes of the system disk. The evidence is where the physical volume begins.":
    "系统盘各卷上的 LVM2 标签。证据为物理卷的起始位置。",
  "RAID superblocks on the volumes of the system disk, and the arrays in `mdadm.conf`. The evidence is where the member begins, or the array.":
    "系统盘各卷上的 RAID 超级块，以及 `mdadm.conf` 中的阵列。证据为成员的起始位置或该阵列。",
  "The size of the disk inside the image, whatever the file's own size. The evidence is that size.":
    "镜像中磁盘的大小，与文件自身的大小无关。证据为该大小。",
  "The size of the system disk inside the image. The evidence is that size.":
    "镜像中系统盘的大小。证据为该大小。",
  "How many disks the host has. The evidence is that number.": "主机的磁盘数量。证据为该数量。",
  "How many disks the host has, and where it runs. The evidence is that number.":
    "主机的磁盘数量，以及运行在何处。证据为该数量。",
  "The format in which the plan sends the disk, not the one in which it lies there: a VMDK is converted on its way. Nothing is found while the plan does not say.":
    "计划发送磁盘时使用的格式，而不是其现有格式：VMDK 会在发送途中转换。计划没有说明时不产生检查结果。",
};
