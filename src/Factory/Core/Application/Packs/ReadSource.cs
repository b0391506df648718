using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using FluentValidation;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Factory.Application.Packs;

/// <summary>
/// Gets a description of an API: given inline (an object, or a text in JSON or YAML) or by address. A request of its own, so that no transaction waits for
/// somebody else's server.
/// </summary>
public sealed record ReadSource(JsonElement? Document, string? Url) : IRequest<Result<SourceText>>, IQuery;

/// <param name="Url">Where it came from; null when it was given inline.</param>
public sealed record SourceText(byte[] Content, Uri? Url);

internal sealed class ReadSourceValidator : AbstractValidator<ReadSource>
{
    public ReadSourceValidator()
    {
        RuleFor(r => r.Document).Must((r, document) => (document is null) != string.IsNullOrEmpty(r.Url)).WithMessage("Give either document or url.");
        RuleFor(r => r.Document).Must(d => d is null or { ValueKind: JsonValueKind.Object or JsonValueKind.String }).WithMessage("document must be an object, or a string with JSON or YAML.");
        RuleFor(r => r.Document).Must(d => d is not { ValueKind: JsonValueKind.String } text || !JsonText.HasHalfPair(JsonMarshal.GetRawUtf8Value(text)))
            .WithMessage("document holds half of a surrogate pair.");
    }
}

internal sealed class ReadSourceHandler(IDocumentSource source) : IRequestHandler<ReadSource, Result<SourceText>>
{
    public async Task<Result<SourceText>> Handle(ReadSource request, CancellationToken cancellationToken)
    {
        if (request.Document is { } document)
        {
            var text = document.ValueKind == JsonValueKind.String ? document.GetString()! : document.GetRawText();
            return new SourceText(Encoding.UTF8.GetBytes(text), null);
        }

        var fetched = await source.Fetch(request.Url!, cancellationToken);
        return fetched.Error is { } error ? error : new SourceText(fetched.Value, new Uri(request.Url!));
    }
}
