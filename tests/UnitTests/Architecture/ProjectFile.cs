using System.Xml.Linq;

namespace McpPlatform.UnitTests.Architecture;

/// <summary>What a project file says about what it needs.</summary>
/// <param name="Name">Without the product: <c>Policy.Core</c>.</param>
/// <param name="Path">Relative to the repository.</param>
/// <param name="Sdk">For example <c>Microsoft.NET.Sdk.Web</c>, which brings the ASP.NET framework.</param>
/// <param name="References">Projects that it compiles against.</param>
/// <param name="Builds">Projects that are only built and copied beside it (<c>ReferenceOutputAssembly="false"</c>).</param>
internal sealed record ProjectFile(
    string Name,
    string Path,
    string Sdk,
    IReadOnlyList<string> References,
    IReadOnlyList<string> Builds,
    IReadOnlyList<string> Packages,
    IReadOnlyList<string> Frameworks)
{
    public bool HasAspNet => Sdk == "Microsoft.NET.Sdk.Web" || Frameworks.Contains("Microsoft.AspNetCore.App");

    public static ProjectFile Parse(string path, string xml)
    {
        var project = XDocument.Parse(xml).Root!;
        var references = project.Descendants("ProjectReference").ToLookup(r => (string?)r.Attribute("ReferenceOutputAssembly") == "false" || (string?)r.Element("ReferenceOutputAssembly") == "false", r => NameOf(Include(r)));
        return new ProjectFile(
            NameOf(path),
            path,
            (string?)project.Attribute("Sdk") ?? "",
            [.. references[false]],
            [.. references[true]],
            [.. project.Descendants("PackageReference").Select(Include)],
            [.. project.Descendants("FrameworkReference").Select(Include)]);
    }

    private static string Include(XElement item) => (string?)item.Attribute("Include") ?? "";

    private static string NameOf(string path)
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));
        return name.StartsWith("McpPlatform.", StringComparison.Ordinal) ? name["McpPlatform.".Length..] : name;
    }
}
