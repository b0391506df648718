using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Contracts;
using McpPlatform.Contracts.Policy;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.State;
using Shouldly;
using Xunit;
using Repository = McpPlatform.UnitTests.Architecture.Repository;

namespace McpPlatform.UnitTests.Contracts;

/// <summary>
/// What the processes say to each other stays readable: by the version before, the version after, and by messages that wait in a queue or an outbox meanwhile.
/// Samples/ holds every contract as it is spelled today.
/// </summary>
public sealed class ContractSampleTests
{
    /// <summary>Set to 1, the tests write the files instead of comparing them.</summary>
    private const string Update = "MCPP_UPDATE_SAMPLES";

    private static readonly string Folder = Path.Combine(Repository.Root, "tests/UnitTests/Contracts/Samples");

    public static TheoryData<string, string> Samples =>
        [.. ContractSamples.All.SelectMany(contract => WireForm.All.Where(form => form.Carries(contract)).Select(form => (contract.GetType().Name, form.Name)))];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_contract_is_spelled_as_in_its_sample(string contract, string form)
    {
        var text = WireForm.Show(Form(form).Write(Sample(contract)));
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(PathOf(contract, form), text);
        }

        var advice =
            $"{contract} is spelled differently now ({form}). Processes of the version before read and write it the old way, and so do messages that wait: " +
            $"only a new member that may be missing is harmless. If that is what you did, set {Update}=1, run this test and commit the file; else make a new contract.";
        File.Exists(PathOf(contract, form)).ShouldBeTrue($"{contract} has no sample yet ({form}): set {Update}=1, run this test and commit the file.");
        text.ShouldBe(File.ReadAllText(PathOf(contract, form)), advice);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_is_read_as_the_contract_that_wrote_it(string contract, string form)
    {
        var sample = Sample(contract);

        Values(Form(form).Read(Text(contract, form), sample.GetType())).ShouldBe(Values(sample));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_without_the_members_that_may_be_missing_is_read_all_the_same(string contract, string form)
    {
        var sample = Sample(contract);
        var text = Text(contract, form);
        Thin(Form(form).Members(text), sample.GetType(), form);

        var read = Form(form).Read(text, sample.GetType());

        ThinValues(read, form).ShouldBe(ThinValues(sample, form));
    }

    [Theory]
    [InlineData("PolicyPublished", "bus")]
    [InlineData("PolicyPublished", "outbox")]
    [InlineData("DeployedServerResult", "http")]
    public void A_member_that_is_added_with_a_default_value_may_be_missing_in_what_an_older_version_wrote(string contract, string form)
    {
        var text = Text(contract, form);
        if (form == "bus")
        {
            // The name of the stand-in, which lives in this namespace.
            text["messageType"]!.AsArray().Add(MassTransit.MessageUrn.ForTypeString<GrownEvent>());
        }

        var read = Form(form).Read(text, form == "http" ? typeof(GrownResult) : typeof(GrownEvent));

        Values(read).ShouldContain("\"Added\": \"as before\"");
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_with_members_that_a_newer_version_added_is_read_all_the_same(string contract, string form)
    {
        var text = Text(contract, form);
        Grow(Form(form).Members(text), Sample(contract).GetType());

        Values(Form(form).Read(text, Sample(contract).GetType())).ShouldBe(Values(Sample(contract)));
    }

    [Theory]
    [InlineData(nameof(PolicySnapshot))]
    [InlineData(nameof(RegistrySnapshot))]
    public void A_gateway_reads_a_snapshot_and_passes_over_a_member_that_a_newer_service_added(string contract)
    {
        var type = Sample(contract).GetType();
        var text = Text(contract, "http");
        text["added"] = "later";

        var read = text.Deserialize(SnapshotJson.Default.GetTypeInfo(type)!)!;

        Values(read).ShouldBe(Values(Sample(contract)));
    }

    [Fact]
    public void A_sample_has_a_value_in_every_member()
    {
        foreach (var sample in ContractSamples.All)
        {
            Empty(JsonNode.Parse(Values(sample))!).ShouldBeEmpty($"{sample.GetType().Name} of {nameof(ContractSamples)}");
        }
    }

    [Fact]
    public void Every_contract_has_a_sample() =>
        WithoutSample(typeof(IIntegrationEvent).Assembly.GetTypes(), ContractSamples.All).ShouldBeEmpty($"add one to {nameof(ContractSamples)}");

    [Fact]
    public void A_contract_without_a_sample_is_found()
    {
        WithoutSample([typeof(GrownEvent), typeof(GrownResult)], [new GrownResult(Guid.Empty, "", "", 0)]).ShouldBe([nameof(GrownEvent)]);
        WithoutSample([typeof(GrownEvent)], []).ShouldBe([nameof(GrownEvent)]);
    }

    [Fact]
    public void Every_file_belongs_to_a_contract() =>
        Directory.EnumerateFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(
            Samples.Select(s => $"{s.Data.Item1}.{s.Data.Item2}.json").Order(StringComparer.Ordinal), "a contract that is gone is still in queues and outboxes of the version before");

    /// <summary>What a later version of an event may look like.</summary>
    internal sealed record GrownEvent(Guid EventId, DateTimeOffset OccurredAt, Guid TenantId, long Version, string Added = "as before") : IIntegrationEvent;

    /// <summary>What a later version of an answer may look like.</summary>
    internal sealed record GrownResult(Guid ServerId, string Slug, string Health, int ToolCount, string Added = "as before");

    private static object Sample(string contract) => ContractSamples.All.Single(s => s.GetType().Name == contract);

    private static WireForm Form(string name) => WireForm.All.Single(f => f.Name == name);

    private static string PathOf(string contract, string form) => Path.Combine(Folder, $"{contract}.{form}.json");

    private static JsonObject Text(string contract, string form) => JsonNode.Parse(File.ReadAllText(PathOf(contract, form)))!.AsObject();

    /// <summary>All members of an object, whatever their spelling on the wire: equal texts are equal objects.</summary>
    private static string Values(object contract) => JsonSerializer.Serialize(contract, contract.GetType(), Indented);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static string ThinValues(object contract, string form)
    {
        var values = JsonNode.Parse(Values(contract))!.AsObject();
        Thin(values, contract.GetType(), form);
        return values.ToJsonString();
    }

    /// <summary>Takes the members that may be missing out of a contract's text, and out of its parts.</summary>
    private static void Thin(JsonNode? text, Type type, string form)
    {
        if (text is JsonArray items)
        {
            foreach (var item in items)
            {
                Thin(item, type.GetGenericArguments()[0], form);
            }
        }
        else if (text is JsonObject members && type.Assembly == typeof(IIntegrationEvent).Assembly)
        {
            foreach (var parameter in type.GetConstructors().MaxBy(c => c.GetParameters().Length)!.GetParameters())
            {
                var name = members.Select(m => m.Key).SingleOrDefault(k => k.Replace("_", "", StringComparison.Ordinal).Equals(parameter.Name, StringComparison.OrdinalIgnoreCase));
                if (MayBeMissing(parameter, form))
                {
                    // It may be missing already: some are not written when they are null.
                    members.Remove(name ?? "");
                }
                else
                {
                    Thin(members[name!], parameter.ParameterType, form);
                }
            }
        }
    }

    /// <summary>Adds a member to a contract's text, and to its parts.</summary>
    private static void Grow(JsonNode? text, Type type)
    {
        if (text is JsonArray items)
        {
            foreach (var item in items)
            {
                Grow(item, type.GetGenericArguments()[0]);
            }
        }
        else if (text is JsonObject members && type.Assembly == typeof(IIntegrationEvent).Assembly)
        {
            foreach (var property in type.GetProperties())
            {
                Grow(members.SingleOrDefault(m => m.Key.Replace("_", "", StringComparison.Ordinal).Equals(property.Name, StringComparison.OrdinalIgnoreCase)).Value, property.PropertyType);
            }

            members["added_later"] = new JsonObject { ["more"] = 1 };
        }
    }

    // An event's member that may be null may be missing. Between services only one with a default value may: a forgotten member is an error there.
    private static bool MayBeMissing(ParameterInfo member, string form) =>
        member.HasDefaultValue || (form != "http" && new NullabilityInfoContext().Create(member).ReadState == NullabilityState.Nullable);

    private static IReadOnlyList<string> WithoutSample(IEnumerable<Type> types, IEnumerable<object> samples)
    {
        var sampled = new HashSet<Type>();
        foreach (var sample in samples)
        {
            Reach(sample.GetType(), sampled);
        }

        return [.. types.Where(t => t is { IsClass: true, IsAbstract: false, IsNested: false } or { IsNestedAssembly: true } && !t.Name.StartsWith('<')).Except(sampled).Select(t => t.Name)];
    }

    private static void Reach(Type type, HashSet<Type> reached)
    {
        if (reached.Add(type))
        {
            foreach (var part in type.GetProperties().SelectMany(p => p.PropertyType.IsGenericType ? p.PropertyType.GetGenericArguments() : [p.PropertyType]))
            {
                Reach(part, reached);
            }
        }
    }

    private static IEnumerable<string> Empty(JsonNode? node, string path = "") => node switch
    {
        null => [$"{path} is null"],
        JsonObject members => members.SelectMany(m => Empty(m.Value, $"{path}.{m.Key}")),
        JsonArray { Count: 0 } when !path.Contains("Document", StringComparison.Ordinal) => [$"{path} is empty"],
        JsonArray items => items.SelectMany((item, i) => Empty(item, $"{path}[{i}]")),
        JsonValue value when value.ToJsonString() is "\"\"" or "0" or "false" => [$"{path} has its default value"],
        _ => [],
    };
}
