using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>A plain HTTP API with a bearer, as an API owner has it. Knows orders; remembers what it was asked.</summary>
internal sealed class TestApi : IAsyncDisposable
{
    public const string Bearer = "planted-api-bearer";

    private readonly WebApplication _app;

    private TestApi(WebApplication app, int port) => (_app, Port) = (app, port);

    public int Port { get; }

    public ConcurrentQueue<string> Asked { get; } = new();

    public string Document => $$"""
        {
          "openapi": "3.1.0",
          "info": { "title": "Orders", "version": "1" },
          "servers": [{ "url": "http://127.0.0.1:{{Port}}" }],
          "components": { "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } } },
          "security": [{ "key": [] }],
          "paths": {
            "/orders/{id}": {
              "get": {
                "operationId": "getOrder", "summary": "Shows an order.",
                "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
                "responses": { "200": { "description": "ok", "content": { "application/json": { "schema": { "type": "object" } } } } }
              }
            },
            "/orders": {
              "post": {
                "operationId": "createOrder", "summary": "Makes an order.",
                "requestBody": { "required": true, "content": { "application/json": { "schema": { "type": "object", "properties": { "item": { "type": "string" } } } } } },
                "responses": { "201": { "description": "made" } }
              }
            }
          }
        }
        """;

    public static async Task<TestApi> Start()
    {
        var port = Shell.FreePorts(1)[0];
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        var api = new TestApi(builder.Build(), port);
        api._app.Use(api.RequireBearer);
        api._app.MapGet("/orders/{id}", (string id) => TypedResults.Json(new { id, item = "book" }));
        api._app.MapPost("/orders", () => TypedResults.Json(new { id = "new" }, statusCode: StatusCodes.Status201Created));
        await api._app.StartAsync();
        return api;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task RequireBearer(HttpContext context, RequestDelegate next)
    {
        Asked.Enqueue($"{context.Request.Method} {context.Request.Path}");
        if (context.Request.Headers.Authorization == $"Bearer {Bearer}")
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}
