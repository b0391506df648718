using System.Text;
using McpPlatform.Configuration;
using McpPlatform.Configuration.Text;
using Shouldly;

namespace McpPlatform.UnitTests.Configuration;

/// <summary>Configurations of tests, with an environment of their own.</summary>
internal sealed class Configured : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("mcpp-configuration-").FullName;

    public LoadedConfiguration Load(string text, string name = "mcpplatform.yaml", params (string Name, string Value)[] environment)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return LoadedConfiguration.OfFile(path, environment.ToDictionary(v => v.Name, v => v.Value));
    }

    /// <summary>The one problem of a text.</summary>
    public ConfigProblem Problem(string text, string name = "mcpplatform.yaml", params (string Name, string Value)[] environment) =>
        Load(text, name, environment).Problems.ShouldHaveSingleItem();

    public static LoadedConfiguration FromElsewhere(string text) => LoadedConfiguration.OfText(Encoding.UTF8.GetBytes(text), ConfigFormat.Yaml, "sent");

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
