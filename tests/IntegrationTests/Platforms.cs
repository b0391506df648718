using System.Runtime.Versioning;
using McpPlatform.IntegrationTests;
using Xunit;

// The scenarios start processes, send signals and set file modes.
[assembly: SupportedOSPlatform("linux")]
[assembly: SupportedOSPlatform("macos")]

[assembly: TestCollectionOrderer(typeof(LongestFirst))]
