using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.FileProviders;

namespace McpPlatform.Hosting;

/// <summary>
/// Settings from the folder that <c>MCPP_SECRETS</c> names: one file per setting, named like its environment variable, as Docker and Kubernetes mount secrets.
/// A connection string with its password then stands in no environment, where <c>inspect</c> and crash reports show it. A folder that is not there holds
/// nothing; every other source outranks it.
/// </summary>
internal static class SecretFolder
{
    public const string Setting = "MCPP_SECRETS";

    public static void AddTo(IConfigurationManager configuration)
    {
        if (configuration[Setting] is { Length: > 0 } folder && Path.GetFullPath(folder) is var path && Directory.Exists(path))
        {
            configuration.Sources.Insert(0, new KeyPerFileConfigurationSource { FileProvider = new PhysicalFileProvider(path), Optional = true });
        }
    }
}
