using System.Net;
using McpPlatform.Gateway.Management;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

/// <summary>What a gateway says of a service in another process, for people who look for what is wrong between the two.</summary>
public sealed class RemoteServiceHealthTests
{
    [Theory]
    [InlineData(200, """{"status":"healthy","components":[]}""", 0, true, null)]
    [InlineData(200, """{"status":"healthy","components":[]}""", 25, true, null)]
    [InlineData(200, """{"status":"healthy","components":[]}""", -90, false, "90 s apart")]
    [InlineData(200, """{"status":"healthy"}""", 0, false, "another MCPP_INTERNAL_KEY")]
    [InlineData(503, """{"components":[{"name":"bus","status":"healthy","description":""},{"name":"database-policy","status":"unhealthy","description":"The database does not answer."}]}""", 0, false, "answers 503 (database-policy: The database does not answer);")]
    [InlineData(502, "<html>", 0, false, "answers 502;")]
    [InlineData(502, "[1]", 0, false, "answers 502;")]
    public async Task A_service_that_does_not_fit_this_gateway_is_degraded_and_says_how(int status, string body, int secondsAhead, bool isHealthy, string? says)
    {
        var time = new ManualTime();
        using var service = new Service(() =>
        {
            var answer = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) };
            answer.Headers.Date = time.GetUtcNow() + TimeSpan.FromSeconds(secondsAhead);
            return answer;
        });

        var result = await new RemoteServiceHealth("policy", service, time).CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);

        result.Status.ShouldBe(isHealthy ? HealthStatus.Healthy : HealthStatus.Degraded);
        (result.Description ?? "").ShouldContain(says ?? "");
    }

    private sealed class Service(Func<HttpResponseMessage> answer) : HttpMessageHandler, IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { BaseAddress = new Uri("http://policy.test/") };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer());
    }
}
