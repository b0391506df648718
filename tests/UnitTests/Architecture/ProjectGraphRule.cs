namespace McpPlatform.UnitTests.Architecture;

/// <summary>Every edge of the project graph is in <see cref="ReferenceTable"/>.</summary>
internal static class ProjectGraphRule
{
    public static IReadOnlyList<string> Violations(IEnumerable<ProjectFile> projects) => [.. projects.SelectMany(Check)];

    private static IEnumerable<string> Check(ProjectFile project)
    {
        foreach (var test in project.References.Where(r => ReferenceTable.IsTest(r) || (r == "AppHost" && project.Name != "ContainerTests")))
        {
            yield return $"{project.Path} references {test}, which nobody may";
        }

        if (ReferenceTable.IsTest(project.Name))
        {
            yield break;
        }

        if (!ReferenceTable.Rows.TryGetValue(project.Name, out var allowed))
        {
            yield return $"{project.Path} has no row in the reference table";
            yield break;
        }

        foreach (var reference in project.References.Except(allowed.References))
        {
            yield return $"{project.Path} may not reference {reference}";
        }

        foreach (var built in project.Builds.Except(allowed.Builds))
        {
            yield return $"{project.Path} may not build {built} beside itself";
        }

        foreach (var package in project.Packages.Except(allowed.Packages))
        {
            yield return $"{project.Path} may not use package {package}";
        }

        if (project.HasAspNet && !allowed.AspNet)
        {
            yield return $"{project.Path} may not use the ASP.NET framework";
        }
    }
}
