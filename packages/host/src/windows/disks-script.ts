/**
 * Describes disks, partitions and volumes as WMI knows them: by the classes every Windows has, and by those of Windows 8 and Server 2012
 * where they are, which tell types and sizes exactly. Changes nothing.
 */
export const disksScript = `
$principal=New-Object Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())
$disks=New-Object Collections.ArrayList
foreach($d in @(Get-WmiObject Win32_DiskDrive)) {
  [void]$disks.Add(@{index=$d.Index;id=$d.DeviceID;model=$d.Model;serial=$d.SerialNumber;size=$d.Size;sector=$d.BytesPerSector;signature=$d.Signature})
}
$partitions=New-Object Collections.ArrayList
foreach($q in @(Get-WmiObject Win32_DiskPartition)) {
  $letters=New-Object Collections.ArrayList
  foreach($l in @($q.GetRelated('Win32_LogicalDisk'))) { if($l -ne $null){ [void]$letters.Add($l.DeviceID) } }
  [void]$partitions.Add(@{disk=$q.DiskIndex;index=$q.Index;offset=$q.StartingOffset;size=$q.Size;type=$q.Type;active=$q.BootPartition;letters=$letters})
}
$volumes=New-Object Collections.ArrayList
try {
  foreach($v in @(Get-WmiObject Win32_Volume -Filter 'DriveType=3')) {
    [void]$volumes.Add(@{id=$v.DeviceID;letter=$v.DriveLetter;kind=$v.FileSystem;label=$v.Label;capacity=$v.Capacity;free=$v.FreeSpace;dirty=$v.DirtyBitSet})
  }
} catch { }
$encrypted=New-Object Collections.ArrayList
try {
  foreach($e in @(Get-WmiObject -Namespace 'root\\CIMV2\\Security\\MicrosoftVolumeEncryption' Win32_EncryptableVolume)) {
    if($e -ne $null -and $e.GetConversionStatus().ConversionStatus -ne 0){ [void]$encrypted.Add($e.DeviceID) }
  }
} catch { }
$storage=$null
try {
  $exactDisks=New-Object Collections.ArrayList
  foreach($d in @(Get-WmiObject -Namespace 'root\\Microsoft\\Windows\\Storage' MSFT_Disk)) {
    [void]$exactDisks.Add(@{index=$d.Number;size=$d.Size;style=$d.PartitionStyle;guid=$d.Guid;sector=$d.LogicalSectorSize})
  }
  $exactPartitions=New-Object Collections.ArrayList
  foreach($q in @(Get-WmiObject -Namespace 'root\\Microsoft\\Windows\\Storage' MSFT_Partition)) {
    [void]$exactPartitions.Add(@{disk=$q.DiskNumber;number=$q.PartitionNumber;offset=$q.Offset;size=$q.Size;gpt=$q.GptType;mbr=$q.MbrType;guid=$q.Guid;active=$q.IsActive;paths=$q.AccessPaths})
  }
  $storage=@{disks=$exactDisks;partitions=$exactPartitions}
} catch { $storage=$null }
$firmware=$null
try { $firmware=[Microsoft.Win32.Registry]::LocalMachine.OpenSubKey('SYSTEM\\CurrentControlSet\\Control').GetValue('PEFirmwareType') } catch { }
return @{
  name=$env:COMPUTERNAME
  systemDrive=$env:SystemDrive
  systemRoot=$env:SystemRoot
  administrator=$principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
  firmware=$firmware
  disks=$disks
  partitions=$partitions
  volumes=$volumes
  encrypted=$encrypted
  storage=$storage
}
`;
