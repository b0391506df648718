using System.Runtime.Versioning;

// The scenarios start processes, send signals and set file modes.
[assembly: SupportedOSPlatform("linux")]
[assembly: SupportedOSPlatform("macos")]
