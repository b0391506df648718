using System.Text;
using McpPlatform.Packs.Wire;

namespace McpPlatform.Packs.Calls;

/// <summary>Adds an operation's credentials to a request. They replace an argument of the same name: a caller cannot present another identity.</summary>
internal static class CredentialWriter
{
    /// <exception cref="MissingSecretException">A value is absent or cannot be sent.</exception>
    public static WireRequest Apply(WireRequest request, CompiledPack pack, PackOperation operation, PackSecrets secrets)
    {
        var headers = request.Headers.ToList();
        var pathAndQuery = request.PathAndQuery;
        foreach (var credential in operation.Credentials.Select(scheme => pack.Credentials.First(c => c.Scheme == scheme)))
        {
            var value = secrets.Find(credential.Secret) ?? throw new MissingSecretException(credential, "is not set");
            if (!HeaderText.IsValid(value) && credential.Type != CredentialType.Basic)
            {
                throw new MissingSecretException(credential, "has characters that cannot be sent");
            }

            switch (credential.Type, credential.In)
            {
                case (CredentialType.Bearer, _):
                    Replace(headers, "Authorization", $"Bearer {value}");
                    break;
                case (CredentialType.Basic, _):
                    Replace(headers, "Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}");
                    break;
                case (_, CredentialPlace.Header):
                    Replace(headers, credential.Name, value);
                    break;
                case (_, CredentialPlace.Query):
                    pathAndQuery = WithQuery(pathAndQuery, PercentEncoding.Encode(credential.Name), PercentEncoding.Encode(value));
                    break;
                default:
                    WithCookie(headers, credential.Name, PercentEncoding.Encode(value));
                    break;
            }
        }

        return request with { PathAndQuery = pathAndQuery, Headers = headers };
    }

    private static void Replace(List<(string Name, string Value)> headers, string name, string value)
    {
        headers.RemoveAll(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        headers.Add((name, value));
    }

    private static string WithQuery(string pathAndQuery, string name, string value)
    {
        var mark = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? pathAndQuery : pathAndQuery[..mark];
        var others = mark < 0 ? [] : pathAndQuery[(mark + 1)..].Split('&').Where(field => !field.StartsWith($"{name}=", StringComparison.Ordinal));
        return $"{path}?{string.Join('&', others.Append($"{name}={value}"))}";
    }

    private static void WithCookie(List<(string Name, string Value)> headers, string name, string value)
    {
        var cookies = headers.Where(h => h.Name == "Cookie").SelectMany(h => h.Value.Split("; ")).Where(c => !c.StartsWith($"{name}=", StringComparison.Ordinal)).Append($"{name}={value}");
        Replace(headers, "Cookie", string.Join("; ", cookies.ToArray()));
    }
}

/// <summary>A credential of the pack has no usable value. The message names the secret, never the value.</summary>
internal sealed class MissingSecretException(PackCredential credential, string problem)
    : Exception($"Secret '{credential.Secret}' for credential '{credential.Scheme}' {problem}.");
