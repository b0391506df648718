using System.Text.Json;
using System.Text.RegularExpressions;
using McpPlatform.Net;
using McpPlatform.Packs.Wire;

namespace McpPlatform.Packs;

/// <summary>What must hold for a pack before anything of it is sent: no caller and no description of an API can smuggle a header, a host or a path segment.</summary>
public static partial class PackRules
{
    private static readonly HashSet<string> ReservedHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "TE", "Trailer", "Expect",
        "Proxy-Authorization", "Proxy-Connection", "Cookie",
    };

    /// <summary>Whether a caller's argument may become this header. Framing and routing headers are the client's own.</summary>
    public static bool MayBeArgumentHeader(string name) => HeaderName().IsMatch(name) && !ReservedHeaders.Contains(name);

    /// <summary>Reads the variables of a path; false when a pack may not have such a path.</summary>
    public static bool TryReadPath(string path, out IReadOnlyList<string> variables)
    {
        ArgumentNullException.ThrowIfNull(path);
        var isPath = PathTemplate.TryParse(path, out var template);
        variables = isPath ? [.. template!.Names.Distinct(StringComparer.Ordinal)] : [];
        return isPath;
    }

    /// <summary>Refuses a pack that breaks a rule.</summary>
    /// <exception cref="InvalidPackException">Names the first rule it breaks and where.</exception>
    public static void Check(CompiledPack pack)
    {
        ArgumentNullException.ThrowIfNull(pack);
        Require(pack.LockVersion == CompiledPack.CurrentLockVersion, $"lock_version {pack.LockVersion} is not {CompiledPack.CurrentLockVersion}");
        CheckUpstream(pack.Upstream);
        var schemes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var credential in pack.Credentials)
        {
            Require(schemes.Add(credential.Scheme), $"credential '{credential.Scheme}' is there twice");
            Require(credential.Secret.Length > 0, $"credential '{credential.Scheme}' names no secret");
            Require(credential.Type != CredentialType.ApiKey || HeaderName().IsMatch(credential.Name), $"credential '{credential.Scheme}' needs the name of its header, query parameter or cookie");
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var tool in pack.Tools)
        {
            Require(ToolName().IsMatch(tool.Name), $"tool name '{tool.Name}' is not 1 to 64 of A-Z a-z 0-9 _ - .");
            Require(names.Add(tool.Name), $"tool '{tool.Name}' is there twice");
            Require(tool.InputSchema.ValueKind == JsonValueKind.Object, $"tool '{tool.Name}' has no input schema");
            Require(tool.OutputSchema is null or { ValueKind: JsonValueKind.Object }, $"tool '{tool.Name}' has an output schema that is no object");
            Require(tool.Operation.Credentials.All(schemes.Contains), $"tool '{tool.Name}' uses a credential that the pack does not have");
            CheckOperation(tool.Name, tool.Operation);
        }
    }

    private static void CheckUpstream(PackUpstream upstream)
    {
        CheckBaseUrls(upstream.BaseUrls);
        foreach (var (name, value) in upstream.Headers)
        {
            Require(MayBeArgumentHeader(name) && HeaderText.IsValid(value), $"header '{name}' is not allowed or has control characters");
        }

        Require(upstream.TimeoutSeconds is >= 1 and <= 600, "timeout_seconds must be 1 to 600");
        Require(upstream.MaxRequestBytes is >= 1 and <= 128 * 1024 * 1024, "max_request_bytes must be 1 to 128 MiB");
        Require(upstream.MaxResponseBytes is >= 1 and <= 128 * 1024 * 1024, "max_response_bytes must be 1 to 128 MiB");
        Require(upstream.MaxRetryAfterSeconds is >= 0 and <= 60, "max_retry_after_seconds must be 0 to 60");
    }

    private static void CheckBaseUrls(IReadOnlyList<string> urls)
    {
        Require(urls.Count is >= 1 and <= 16, "1 to 16 base addresses are needed");
        foreach (var url in urls)
        {
            Require(HttpTarget.TryParse(url, out var uri, out var problem), $"base address '{url}': {problem}");
            Require(uri!.Query.Length == 0 && uri.Fragment.Length == 0, $"base address '{url}' must not have a query or fragment");
        }
    }

    private static void CheckOperation(string tool, PackOperation operation)
    {
        Require(Method().IsMatch(operation.Method), $"tool '{tool}': method '{operation.Method}' is not one");
        Require(PathTemplate.TryParse(operation.Path, out var template), $"tool '{tool}': path '{operation.Path}' is malformed");
        if (operation.BaseUrls is not null)
        {
            CheckBaseUrls(operation.BaseUrls);
        }

        Require(HeaderText.IsValid(operation.Accept), $"tool '{tool}': Accept has control characters");
        Require(operation.Body is null || HeaderText.IsValid(operation.Body.ContentType), $"tool '{tool}': the content type has control characters");
        var arguments = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in operation.Parameters)
        {
            Require(arguments.Add(parameter.Argument), $"tool '{tool}': argument '{parameter.Argument}' is there twice");
            Require(parameter.In != ParameterPlace.Header || MayBeArgumentHeader(parameter.Name), $"tool '{tool}': header '{parameter.Name}' may not be an argument");
        }

        Require(operation.Body is null || arguments.Add(operation.Body.Argument), $"tool '{tool}': the body's argument is there twice");
        var inPath = operation.Parameters.Where(p => p.In == ParameterPlace.Path).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        Require(inPath.SetEquals(template!.Names), $"tool '{tool}': the path's variables and its parameters differ");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidPackException($"The pack is invalid: {otherwise}.");
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_.-]{1,64}$")]
    private static partial Regex ToolName();

    [GeneratedRegex("^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$")]
    private static partial Regex HeaderName();

    [GeneratedRegex("^[A-Z][A-Z0-9_-]{0,31}$")]
    private static partial Regex Method();
}
