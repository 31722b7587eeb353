/**
 * Starts a program with a line of arguments, gives it its input and reads both its streams at the same time, which a program that
 * fills one while the other is read would wait for. Works on .NET 2, which PowerShell 2 has: no asynchronous methods of later ones.
 */
export const runProgram = `
try { [Console]::InputEncoding=New-Object Text.UTF8Encoding $false } catch { }
$start=New-Object Diagnostics.ProcessStartInfo
$start.FileName=$p.program
$start.Arguments=$p.line
$start.UseShellExecute=$false
$start.CreateNoWindow=$true
$start.RedirectStandardInput=$true
$start.RedirectStandardOutput=$true
$start.RedirectStandardError=$true
try { $process=[Diagnostics.Process]::Start($start) }
catch { return @{missing=$true;reason=$_.Exception.Message} }
$bytes=[Convert]::FromBase64String($p.input)
$in=$process.StandardInput.BaseStream
$out=$process.StandardOutput.BaseStream
$err=$process.StandardError.BaseStream
$outBuffer=New-Object byte[] 65536
$errBuffer=New-Object byte[] 65536
$outKept=New-Object IO.MemoryStream
$errKept=New-Object IO.MemoryStream
$writing=$null
if($bytes.Length -gt 0){ $writing=$in.BeginWrite($bytes,0,$bytes.Length,$null,$null) } else { $in.Close() }
$outReading=$out.BeginRead($outBuffer,0,$outBuffer.Length,$null,$null)
$errReading=$err.BeginRead($errBuffer,0,$errBuffer.Length,$null,$null)
while($outReading -ne $null -or $errReading -ne $null) {
  $handles=@()
  foreach($pending in @($writing,$outReading,$errReading)) { if($pending -ne $null){ $handles+=$pending.AsyncWaitHandle } }
  [void][Threading.WaitHandle]::WaitAny([Threading.WaitHandle[]]$handles)
  if($writing -ne $null -and $writing.IsCompleted) {
    try { $in.EndWrite($writing) } catch { }
    try { $in.Close() } catch { }
    $writing=$null
  }
  if($outReading -ne $null -and $outReading.IsCompleted) {
    $n=$out.EndRead($outReading)
    if($n -gt 0) {
      $outKept.Write($outBuffer,0,$n)
      if($outKept.Length -gt $p.maxOutputBytes) {
        try { $process.Kill() } catch { }
        return @{tooLong=$true}
      }
      $outReading=$out.BeginRead($outBuffer,0,$outBuffer.Length,$null,$null)
    } else { $outReading=$null }
  }
  if($errReading -ne $null -and $errReading.IsCompleted) {
    $n=$err.EndRead($errReading)
    if($n -gt 0) {
      $room=$p.maxErrorBytes-$errKept.Length
      if($room -gt 0){ $errKept.Write($errBuffer,0,[Math]::Min($n,$room)) }
      $errReading=$err.BeginRead($errBuffer,0,$errBuffer.Length,$null,$null)
    } else { $errReading=$null }
  }
}
$process.WaitForExit()
return @{
  exitCode=$process.ExitCode
  stdout=[Convert]::ToBase64String($outKept.ToArray())
  stderr=$process.StandardError.CurrentEncoding.GetString($errKept.ToArray())
}
`;
