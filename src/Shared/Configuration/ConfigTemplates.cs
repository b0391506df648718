namespace McpPlatform.Configuration;

/// <summary>Configurations to begin with. Each is valid as it is, once its variables are set.</summary>
public static class ConfigTemplates
{
    private const string Head = "# yaml-language-server: $schema=mcpplatform.schema.json   (mcpp config schema > mcpplatform.schema.json)\n# Reference: docs/configuration.md. Check it: mcpp config validate. What is in force, and from where: mcpp config effective.\n";

    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["solo"] = Head + """
            # One person, one machine: a server by address and one that runs as a process here.
            servers:
              everything:
                title: Try it out
                launcher: everything
              # docs:
              #   url: https://mcp.example.com/mcp
              #   headers: { Authorization: "Bearer ${DOCS_TOKEN}" }

            launchers:
              everything:
                command: npx
                args: [-y, "@modelcontextprotocol/server-everything"]

            """,
        ["team"] = Head + """
            # A team: shared servers, who may do what, and how much.
            servers:
              docs:
                title: Documentation
                url: ${DOCS_URL:-https://docs.example.com/mcp}
                headers: { Authorization: "Bearer ${DOCS_TOKEN:-}" }
                tags: [read]
              tracker:
                title: Issue tracker
                url: ${TRACKER_URL:-https://tracker.example.com/mcp}
                headers: { Authorization: "Bearer ${TRACKER_TOKEN:-}" }
                rate_limit: { rate: 10, burst: 20 }

            policies:
              reader:
                description: Reads the documentation.
                grants:
                  - { id: docs, effect: allow, actions: ["tools:*", "resources:*", "prompts:*"], resources: ["tool:docs/*", "resource:docs/*", "prompt:docs/*"] }
              developer:
                description: Works with the tracker; deleting needs an approval.
                grants:
                  - { id: all, effect: allow, actions: ["tools:*"], resources: ["tool:docs/*", "tool:tracker/*"] }
                  - { id: delete, effect: require_approval, actions: ["tools:call"], resources: ["tool:tracker/*delete*"] }

            # One address with what support needs: /mcp/sets/support.
            tool_sets:
              support:
                title: Support
                members:
                  - { server: docs }
                  - { server: tracker, tools: ["search_*", "get_*", create_issue] }
                exclude: ["tracker/get_secret*"]
                overrides:
                  - { server: tracker, name: create_issue, rename: open_issue, arguments: { project: support } }
                disclosure: auto

            limits:
              per_server: { rate_limit: { rate: 50, burst: 100 }, max_concurrency: 32 }

            """,
        ["enterprise"] = Head + """
            # Several environments, several places per server, narrow rules, credentials from files.
            servers:
              crm:
                title: CRM (production)
                environment: production
                endpoints:
                  - { url: "https://crm-1.example.com/mcp", weight: 2 }
                  - { url: "https://crm-2.example.com/mcp" }
                balancing: { algorithm: peak_ewma }
                headers: { Authorization: "Bearer ${CRM_TOKEN:-}" }    # or the whole value from a file: file:/run/secrets/crm-authorization
                tags: [audit]
                timeouts: { total_ms: 60000 }
                max_attempts: 2
                max_concurrency: 64
              crm-test:
                title: CRM (test)
                environment: test
                url: https://crm.test.example.com/mcp
                headers: { Authorization: "Bearer ${CRM_TEST_TOKEN:-}" }

            policies:
              tester:
                grants:
                  - { id: test, effect: allow, actions: ["tools:*"], resources: ["tool:crm-test/*"], environments: [test] }
              sales:
                grants:
                  - { id: read, effect: allow, actions: ["tools:call", "tools:list"], resources: ["tool:crm/get_*", "tool:crm/search_*"], environments: [production] }
                  - id: large-changes
                    effect: require_approval
                    actions: ["tools:call"]
                    resources: ["tool:crm/update_*"]
                    conditions: [{ attribute: arguments.amount, operator: gte, value: 10000 }]
                  - { id: no-deletes, effect: deny, actions: ["tools:call"], resources: ["tool:crm/delete_*"] }
              operator:
                grants:
                  - { id: platform, effect: allow, actions: ["servers:read", "traces:read", "policies:read"], resources: [platform] }

            limits:
              max_concurrency: 2048
              per_server:
                rate_limit: { rate: 200, burst: 400 }
                max_attempts: 3
                timeouts: { connect_ms: 2000, total_ms: 120000 }

            """,
    };
}
