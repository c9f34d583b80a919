#Requires -Version 5.1
<#
.SYNOPSIS
Installs fairreview for this user, or takes it away again. Asks for no administrator's rights.

.DESCRIPTION
Takes a wheel from a file or an https address, and installs it only when its SHA-256 is the one that you give: it stands
beside the wheel where the release is announced. No text that came over the network is executed. The program itself and
the Python it needs are brought by uv; where uv is missing, winget is asked for it, after you agreed.

Not run on Windows yet: docs/windows.ru.md says what was checked.

.EXAMPLE
powershell -ExecutionPolicy Bypass -File install.ps1 -Wheel fairreview-0.3.0-py3-none-any.whl -Sha256 <64 digits>

.EXAMPLE
powershell -ExecutionPolicy Bypass -File install.ps1 -Uninstall
#>
[CmdletBinding(DefaultParameterSetName = 'Install')]
param(
    # The wheel: a file, or an address that begins with https://.
    [Parameter(Mandatory = $true, ParameterSetName = 'Install')]
    [ValidateNotNullOrEmpty()]
    [string] $Wheel,

    # Its SHA-256: 64 hexadecimal digits.
    [Parameter(Mandatory = $true, ParameterSetName = 'Install')]
    [ValidatePattern('^[0-9A-Fa-f]{64}$')]
    [string] $Sha256,

    # Takes the program and its shortcut away; your data stay.
    [Parameter(Mandatory = $true, ParameterSetName = 'Uninstall')]
    [switch] $Uninstall
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$IsRussian = (Get-UICulture).TwoLetterISOLanguageName -eq 'ru'
$Shortcut = Join-Path ([Environment]::GetFolderPath('Programs')) 'fairreview.lnk'
$WheelName = '^fairreview-[0-9][0-9A-Za-z.]*-py3-none-any\.whl$'

function Get-Word([string] $English, [string] $Russian) {
    if ($IsRussian) { $Russian } else { $English }
}

function Invoke-Program([string] $Path, [string[]] $Arguments) {
    & $Path @Arguments
    if ($LASTEXITCODE -ne 0) {
        throw ((Get-Word '{0} ended with {1}.' 'Программа {0} завершилась с кодом {1}.') -f $Path, $LASTEXITCODE)
    }
}

function Find-Uv {
    $found = Get-Command -Name 'uv.exe' -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if ($null -ne $found) { return $found.Source }
    # winget puts it there; the PATH of this window does not know it yet.
    $linked = Join-Path $env:LOCALAPPDATA 'Microsoft\WinGet\Links\uv.exe'
    if (Test-Path -LiteralPath $linked) { return $linked }
    return $null
}

function Get-Uv {
    $uv = Find-Uv
    if ($null -ne $uv) { return $uv }
    $question = Get-Word 'uv is missing. Install it with winget? [y/N]' 'Не хватает uv. Установить его через winget? [д/Н]'
    if ((Read-Host $question) -notmatch '^(y|yes|д|да)$') {
        throw (Get-Word 'Without uv nothing was installed.' 'Без uv ничего не установлено.')
    }
    Invoke-Program 'winget.exe' @('install', '--id', 'astral-sh.uv', '--exact', '--source', 'winget') | Out-Host
    $uv = Find-Uv
    if ($null -eq $uv) {
        throw (Get-Word 'uv is there only in a new window: open one and run this again.' `
                'uv появится только в новом окне: откройте его и запустите скрипт ещё раз.')
    }
    return $uv
}

function Save-Wheel([string] $Folder) {
    $isAddress = $Wheel -match '^[A-Za-z][A-Za-z0-9+.-]+://'
    if ($isAddress -and $Wheel -notmatch '^https://') {
        throw (Get-Word 'Only https:// addresses are fetched.' 'Скачивается только с адресов https://.')
    }
    $name = if ($isAddress) { ([Uri] $Wheel).Segments[-1] } else { Split-Path -Leaf $Wheel }
    if ($name -notmatch $WheelName) {
        throw ((Get-Word '{0} is not the name of a wheel of fairreview.' '{0} — не имя пакета fairreview.') -f $name)
    }
    $copy = Join-Path $Folder $name
    if ($isAddress) {
        [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
        Invoke-WebRequest -Uri $Wheel -OutFile $copy -UseBasicParsing
    }
    else {
        Copy-Item -LiteralPath $Wheel -Destination $copy
    }
    # The copy is what is installed, so it is the copy that is looked at.
    $digest = (Get-FileHash -LiteralPath $copy -Algorithm SHA256).Hash
    if ($digest -ne $Sha256) {
        throw ((Get-Word 'The wheel has SHA-256 {0}, not the one given. Nothing was installed.' `
                    'SHA-256 пакета — {0}, а не та, что указана. Ничего не установлено.') -f $digest.ToLowerInvariant())
    }
    return $copy
}

function New-Shortcut([string] $Program) {
    $link = (New-Object -ComObject WScript.Shell).CreateShortcut($Shortcut)
    $link.TargetPath = $Program
    $link.Arguments = 'desk'
    $link.WorkingDirectory = [Environment]::GetFolderPath('UserProfile')
    $link.Description = Get-Word 'The desk of fairreview' 'Стол fairreview'
    $link.Save()
}

function Install-Fairreview {
    $folder = Join-Path ([IO.Path]::GetTempPath()) ('fairreview-' + [Guid]::NewGuid().ToString('N'))
    $null = New-Item -ItemType Directory -Path $folder
    try {
        $copy = Save-Wheel $folder
        $uv = Get-Uv
        Invoke-Program $uv @('tool', 'install', '--force', '--python', '3.12', $copy) | Out-Host
        $programs = (Invoke-Program $uv @('tool', 'dir', '--bin')) | Select-Object -Last 1
    }
    finally {
        Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction SilentlyContinue
    }
    $program = Join-Path $programs 'fairreview.exe'
    Invoke-Program $program @('--version') | Out-Host
    New-Shortcut $program
    Write-Host (Get-Word 'Installed. Next, in a new window: fairreview init' 'Установлено. Дальше, в новом окне: fairreview init')
}

function Uninstall-Fairreview {
    $uv = Find-Uv
    if ($null -ne $uv) { Invoke-Program $uv @('tool', 'uninstall', 'fairreview') | Out-Host }
    if (Test-Path -LiteralPath $Shortcut) { Remove-Item -LiteralPath $Shortcut }
    Write-Host (Get-Word 'Removed. Your settings, evidence and logs stay where they are; a service goes by: fairreview service uninstall, before this.' `
            'Удалено. Настройки, доказательства и журналы остались на месте; службу убирает fairreview service uninstall, до этого.')
}

if ($Uninstall) { Uninstall-Fairreview } else { Install-Fairreview }
