using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Architecture;

public sealed class ProjectGraphTests
{
    [Fact]
    public void Every_reference_and_package_is_in_the_table()
    {
        // scripts/ holds the tool that writes migrations; it is outside the solution, and nothing ships with it.
        var projects = Repository.Files(".csproj", "src", "tests", "ServiceDefaults", "AppHost").Select(f => ProjectFile.Parse(f.Path, f.Text)).ToList();

        projects.Count.ShouldBeGreaterThan(25);
        ProjectGraphRule.Violations(projects).ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_of_the_solution_is_one_that_the_table_is_compared_with()
    {
        var listed = Repository.Read("McpPlatform.sln").Split('"').Where(s => s.EndsWith(".csproj", StringComparison.Ordinal)).Select(s => s.Replace('\\', '/')).ToList();

        listed.ShouldBe(Repository.Files(".csproj", "src", "tests", "ServiceDefaults", "AppHost").Select(f => f.Path), ignoreOrder: true);
    }

    [Theory]
    [InlineData("McpPlatform.AppHost.csproj")]
    [InlineData("McpPlatform.ContainerTests.csproj")]
    public void The_solution_shows_what_needs_Aspire_but_does_not_build_it(string project)
    {
        // Its packages are not on every feed: with a Build.0 line, building and restoring the solution would fail there.
        var solution = Repository.Read("McpPlatform.sln");
        var id = solution.Split('\n').Single(l => l.Contains(project, StringComparison.Ordinal)).Split('"')[^2];

        solution.ShouldContain($"{id}.Release|Any CPU.ActiveCfg");
        solution.ShouldNotContain($"{id}.Release|Any CPU.Build.0");
        solution.ShouldNotContain($"{id}.Debug|Any CPU.Build.0");
    }

    [Theory]
    [InlineData("src/Policy/Service/McpPlatform.Policy.csproj", """<ProjectReference Include="../../Registry/Service/McpPlatform.Registry.csproj" />""", "may not reference Registry")]
    [InlineData("src/Policy/Core/McpPlatform.Policy.Core.csproj", """<ProjectReference Include="..\..\Shared\Persistence\McpPlatform.Persistence.csproj" />""", "may not reference Persistence")]
    [InlineData("src/Gateway/Core/McpPlatform.Gateway.Core.csproj", """<PackageReference Include="MediatR" />""", "may not use package MediatR")]
    [InlineData("src/Gateway/Core/McpPlatform.Gateway.Core.csproj", """<FrameworkReference Include="Microsoft.AspNetCore.App" />""", "may not use the ASP.NET framework")]
    [InlineData("src/Registry/Service/McpPlatform.Registry.csproj", """<ProjectReference Include="../../PackRuntime/McpPlatform.PackRuntime.csproj" ReferenceOutputAssembly="false" />""", "may not build PackRuntime")]
    [InlineData("src/Factory/Service/McpPlatform.Factory.csproj", """<ProjectReference Include="../../PackRuntime/McpPlatform.PackRuntime.csproj" />""", "may not reference PackRuntime")]
    [InlineData("src/Cli/McpPlatform.Cli.csproj", """<ProjectReference Include="../../tests/UnitTests/McpPlatform.UnitTests.csproj" />""", "which nobody may")]
    [InlineData("tests/UnitTests/McpPlatform.UnitTests.csproj", """<ProjectReference Include="../../AppHost/McpPlatform.AppHost.csproj" />""", "which nobody may")]
    [InlineData("src/Shared/Everything/McpPlatform.Everything.csproj", "", "no row")]
    public void An_edge_outside_the_table_is_found(string path, string item, string expected)
    {
        var project = ProjectFile.Parse(path, $"""<Project Sdk="Microsoft.NET.Sdk"><ItemGroup>{item}</ItemGroup></Project>""");

        ProjectGraphRule.Violations([project]).ShouldContain(v => v.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void The_web_SDK_counts_as_the_ASP_NET_framework()
    {
        var project = ProjectFile.Parse("src/Tracing/Core/McpPlatform.Tracing.Core.csproj", """<Project Sdk="Microsoft.NET.Sdk.Web" />""");

        ProjectGraphRule.Violations([project]).ShouldHaveSingleItem().ShouldContain("ASP.NET");
    }

    [Fact]
    public void The_factory_may_build_the_pack_runtime_beside_itself()
    {
        var project = ProjectFile.Parse(
            "src/Factory/Service/McpPlatform.Factory.csproj",
            """<Project Sdk="Microsoft.NET.Sdk.Web"><ItemGroup><ProjectReference Include="../../PackRuntime/McpPlatform.PackRuntime.csproj" ReferenceOutputAssembly="false" /></ItemGroup></Project>""");

        ProjectGraphRule.Violations([project]).ShouldBeEmpty();
    }
}
