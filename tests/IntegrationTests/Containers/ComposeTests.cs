using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Containers;

/// <summary>deploy/docker as its README says: secrets, up, a first call; and what an operator may rely on meanwhile.</summary>
[Collection("containers")]
public sealed class ComposeTests(ContainerEngine containers)
{
    private static readonly string[] Platform = ["gateway", "policy", "registry", "factory", "tracing", "platform", "migrate"];

    [Fact]
    public async Task Five_services_come_up_serve_a_call_show_no_secret_publish_one_port_and_stop_with_0()
    {
        await using var project = await ComposeProject.Up(await containers.Get(), "compose.yaml");

        (await project.Try()).ShouldContain("healthy");

        await IsClosedAndKeepsItsSecrets(project, "gateway");
        await RolesAreNoSuperusers(project);
        await StopsWith0(project);
    }

    [Fact]
    public async Task One_process_comes_up_lists_tools_for_the_bootstrap_key_and_comes_again_with_its_data()
    {
        await using var project = await ComposeProject.Up(await containers.Get(), "compose.standalone.yaml");
        using var caller = new ModernCaller(new Uri(project.Address, "/mcp"), project.AdminKey);
        (await caller.ToolNames()).ShouldBeEmpty();

        (await project.Try()).ShouldContain("healthy");
        (await caller.ToolNames()).ShouldHaveSingleItem().ShouldStartWith("platform__");

        await IsClosedAndKeepsItsSecrets(project, "platform");
        await RolesAreNoSuperusers(project);
        await StopsWith0(project);
        await project.Start();
        await Until.True(async () => (await caller.ToolNames()).Count == 1, TimeSpan.FromSeconds(20), () => "What was deployed did not come back.");
    }

    private static async Task IsClosedAndKeepsItsSecrets(ComposeProject project, string published)
    {
        var all = await project.Containers();
        foreach (var (service, container) in all)
        {
            var host = container["HostConfig"]!;
            host["CapDrop"]!.AsArray().Select(c => c!.GetValue<string>()).ShouldBe(["ALL"], service);
            host["SecurityOpt"]!.ToJsonString().ShouldContain("no-new-privileges", customMessage: service);
            host["Privileged"]!.GetValue<bool>().ShouldBeFalse(service);
            host["ReadonlyRootfs"]!.GetValue<bool>().ShouldBe(service != "rabbitmq", service);
            container["Config"]!["User"]!.GetValue<string>().ShouldBe(Platform.Contains(service) ? "10001:10001" : "999:999", service);
            var ports = container["NetworkSettings"]!["Ports"]!.AsObject().Where(p => p.Value is not null).Select(p => p.Key);
            ports.ShouldBe(service == published ? ["8080/tcp"] : [], service);
            project.Secrets.Where(container.ToJsonString().Contains).ShouldBeEmpty(service);
        }

        var logs = await project.Logs();
        project.Secrets.Where(logs.Contains).ShouldBeEmpty();
    }

    private static async Task RolesAreNoSuperusers(ComposeProject project)
    {
        const string Roles = "SELECT rolname || ' ' || (rolsuper OR rolbypassrls OR rolcreaterole) FROM pg_roles WHERE rolname LIKE 'mcpp%' ORDER BY 1";
        const string Owners = "SELECT datname || ' ' || pg_get_userbyid(datdba) FROM pg_database WHERE datname LIKE '%db' ORDER BY 1";

        var roles = await project.Execute("postgres", "psql", "-U", "postgres", "-tAc", Roles);
        var owners = await project.Execute("postgres", "psql", "-U", "postgres", "-tAc", Owners);

        roles.Trim().Split('\n').ShouldBe(((string[])["factory", "policy", "registry", "tracing"]).SelectMany(s => (string[])[$"mcpp_{s} false", $"mcpp_{s}_owner false"]), ignoreOrder: true);
        owners.Trim().Split('\n').ShouldBe(((string[])["factory", "policy", "registry", "tracing"]).Select(s => $"{s}db mcpp_{s}_owner"), ignoreOrder: true);
    }

    private static async Task StopsWith0(ComposeProject project)
    {
        await project.Stop();

        foreach (var (service, container) in await project.Containers())
        {
            container["State"]!["ExitCode"]!.GetValue<int>().ShouldBe(0, service);
            container["RestartCount"]!.GetValue<int>().ShouldBe(0, service);
        }
    }
}
