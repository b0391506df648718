using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace McpPlatform.Hosting.Internal;

/// <summary>
/// The body of a request of another of the platform's parts, read as <see cref="Json.Internal"/> says: the sender may be newer and say more. Of what anybody else sends each member must be known, hence this type.
/// </summary>
public sealed record InternalBody<T>(T Value) : IBindableFromHttpContext<InternalBody<T>>, IEndpointParameterMetadataProvider
    where T : class
{
    public static async ValueTask<InternalBody<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new BadHttpRequestException("The body is no JSON.", StatusCodes.Status415UnsupportedMediaType);
        }

        return new InternalBody<T>(await context.Request.ReadFromJsonAsync<T>(Json.Internal, context.RequestAborted) ?? throw new JsonException("The body is null.", "$", 0, 0));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));
}
