namespace McpPlatform.PolicyEngine.Conditions;

/// <summary>The attributes that a condition can name.</summary>
internal static class AttributeNames
{
    public const string Subject = "principal.subject";
    public const string Tenant = "principal.tenant";
    public const string Roles = "principal.roles";
    public const string KeyId = "principal.key_id";
    public const string PrincipalAttributes = "principal.attributes.";
    public const string Tool = "request.tool";
    public const string Server = "request.server";
    public const string Environment = "request.environment";
    public const string Method = "request.method";
    public const string Time = "request.time";
    public const string Address = "request.ip";
    public const string Arguments = "arguments.";

    public static bool IsText(string name) => name is Subject or Tenant or KeyId or Tool or Server or Environment or Method;
}
