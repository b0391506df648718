using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Policy.Application.Keys;
using McpPlatform.Policy.Domain;
using McpPlatform.PolicyEngine;
using MediatR;

namespace McpPlatform.Policy.Application.Policies;

/// <summary>
/// What the policy in force decides about one call, and how. Either for a key or for a principal with some roles. Fails with <c>keys.not_found</c>.
/// </summary>
/// <param name="Action">Null = <c>tools:call</c>.</param>
/// <param name="Server">Slug of the server; null when <paramref name="Tool"/> is an aggregated name, <c>server__tool</c>.</param>
/// <param name="Arguments">Null = the call has none.</param>
/// <param name="Time">Null = now.</param>
public sealed record ExplainDecision(
    Guid? KeyId,
    IReadOnlyList<string>? Roles,
    IReadOnlyList<string>? Scopes,
    string? Subject,
    string? Action,
    string? Server,
    string Tool,
    string? Environment,
    JsonElement? Arguments,
    DateTimeOffset? Time,
    string? Ip) : IRequest<Result<ExplainedDecision>>, IQuery;

/// <summary>A decision and its trace.</summary>
/// <param name="Reason">PolicyEngine's reason, or <c>key_revoked</c>, <c>key_expired</c>: then no rule was asked.</param>
/// <param name="Listed">Whether the tool is shown in lists.</param>
public sealed record ExplainedDecision(Effect Decision, string? RuleId, string Reason, bool Listed, IReadOnlyList<RuleTrace> Rules);

internal sealed class ExplainDecisionValidator : AbstractValidator<ExplainDecision>
{
    public ExplainDecisionValidator()
    {
        RuleFor(c => c.KeyId).Must((c, id) => id is null != c.Roles is null).WithMessage("give either key_id or roles");
        RuleFor(c => c.Roles!).AreRoles().When(c => c.Roles is not null);
        RuleFor(c => c.Scopes!).AreScopes().When(c => c.Scopes is not null);
        RuleFor(c => c.Scopes).Must((c, scopes) => scopes is null || c.KeyId is null).WithMessage("a key has its own scopes");
        RuleFor(c => c.Subject).IsOptionalText(ApiKey.MaxSubjectLength);
        RuleFor(c => c.Action!).Must(Scope.IsValid).WithMessage(Scope.Rule).When(c => c.Action is not null);
        RuleFor(c => c.Server!).Must(Slug.IsValid).WithMessage(Slug.Rule).When(c => c.Server is not null);
        RuleFor(c => c.Server).Must((c, server) => server is not null || c.Tool.Contains("__", StringComparison.Ordinal)).WithMessage("give server, or a tool as server__tool");
        RuleFor(c => c.Tool).IsText(PolicyLimits.MaxPatternLength);
        RuleFor(c => c.Environment).IsOptionalText(PolicyLimits.MaxPatternLength);
        RuleFor(c => c.Arguments).Must(a => a is null || a.Value.ValueKind == JsonValueKind.Object).WithMessage("must be an object");
        RuleFor(c => c.Ip).Must(ip => ip is null || IPAddress.TryParse(ip, out _)).WithMessage("must be an IP address");
    }
}

internal sealed class ExplainDecisionHandler(IApiKeys keys, IPolicySets policySets, ITenants tenants, TenantContext current, TimeProvider clock)
    : IRequestHandler<ExplainDecision, Result<ExplainedDecision>>
{
    public async Task<Result<ExplainedDecision>> Handle(ExplainDecision request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var key = request.KeyId is { } id ? await keys.Find(id, cancellationToken) : null;
        if (request.KeyId is not null && key is null)
        {
            return KeyView.NotFound();
        }

        if (key is not null && key.State(now) != ApiKeyState.Active)
        {
            return new ExplainedDecision(Effect.Deny, null, key.State(now) == ApiKeyState.Revoked ? "key_revoked" : "key_expired", false, []);
        }

        var tenant = await tenants.Find(current.TenantId!.Value.ToString(), cancellationToken);
        var principal = new PrincipalInfo(
            tenant?.Slug ?? "",
            key?.Subject ?? request.Subject ?? "",
            key?.Roles ?? request.Roles!,
            key?.Scopes ?? request.Scopes ?? [],
            key?.Id.ToString());
        var policy = CompiledPolicy.Compile(PolicyDocument.Parse(TenantDocument.Of(await policySets.Roles(cancellationToken)).Span));
        return Explain(policy, principal, request, request.Time ?? now);
    }

    private static ExplainedDecision Explain(CompiledPolicy policy, PrincipalInfo principal, ExplainDecision request, DateTimeOffset time)
    {
        var (server, tool) = request.Server is { } slug ? (slug, request.Tool) : Split(request.Tool);
        var explanation = policy.Explain(new AccessRequest
        {
            Principal = policy.Resolve(principal),
            Action = request.Action ?? Actions.ToolsCall,
            Server = server,
            Name = tool,
            Environment = request.Environment,
            Method = "tools/call",
            Time = time,
            Address = request.Ip is null ? null : IPAddress.Parse(request.Ip),
            Arguments = request.Arguments is { } arguments ? JsonMarshal.GetRawUtf8Value(arguments) : [],
        });
        var decision = explanation.Decision;
        return new(decision.Effect, decision.RuleId, JsonNamingPolicy.SnakeCaseLower.ConvertName(decision.Reason.ToString()), explanation.Listed, explanation.Rules);
    }

    private static (string Server, string Tool) Split(string aggregated)
    {
        var at = aggregated.IndexOf("__", StringComparison.Ordinal);
        return (aggregated[..at], aggregated[(at + 2)..]);
    }
}
