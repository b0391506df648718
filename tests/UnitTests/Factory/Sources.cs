using System.Text;
using McpPlatform.Factory.Application.Compilation;
using McpPlatform.Kernel;
using McpPlatform.Packs;
using Shouldly;

namespace McpPlatform.UnitTests.Factory;

/// <summary>Small descriptions of APIs, and what the compiler makes of them.</summary>
internal static class Sources
{
    public static readonly PackCompiler Compiler = new(new SourceLimits());

    public static PackRecipe Recipe(params string[] baseUrls) => new("test.pack", "pack", "1.0.0", new Selection(), baseUrls.Length == 0 ? ["https://api.example.com"] : baseUrls, []);

    /// <summary>OpenAPI 3.1 with these members of <c>paths</c> and <c>components</c>.</summary>
    public static string Document(string paths, string components = "{}", string version = "3.1.0", string more = "") =>
        $$"""{"openapi":"{{version}}","info":{"title":"T","version":"1"}{{more}},"paths":{{paths}},"components":{{components}}}""";

    public static Result<SourceAnalysis> Analyze(string document) => Compiler.Analyze(Encoding.UTF8.GetBytes(document));

    public static SourceAnalysis Analyzed(string document)
    {
        var result = Analyze(document);
        result.Error.ShouldBeNull();
        return result.Value;
    }

    /// <summary>The only tool of a document.</summary>
    public static PackTool Tool(string document) => Analyzed(document).Tools.ShouldHaveSingleItem();

    /// <summary>One operation, <c>POST /x</c>, with that JSON body schema.</summary>
    public static string WithBody(string schema, string schemas = "{}", string version = "3.1.0") => Document(
        """{"/x":{"post":{"operationId":"op","requestBody":{"required":true,"content":{"application/json":{"schema":§}}}}}}""".Replace("§", schema, StringComparison.Ordinal),
        $$"""{"schemas":{{schemas}}}""",
        version);
}
