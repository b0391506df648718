using System.Text.Json;
using McpPlatform.Factory.Application.Compilation;
using McpPlatform.Hosting;
using McpPlatform.Kernel;
using McpPlatform.Packs.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace McpPlatform.Factory.Api;

/// <summary>Reads what was sent for analysis: a file of a form, an <see cref="AnalyzeRequest"/>, or the description itself.</summary>
/// <param name="Content">The description; empty when <paramref name="Request"/> says where it is.</param>
internal sealed record UploadedDocument(byte[] Content, AnalyzeRequest? Request)
{
    private static readonly int MaxBytes = new SourceLimits().MaxBytes;
    private static readonly FormOptions Form = new() { ValueCountLimit = 16, KeyLengthLimit = 256, MultipartHeadersCountLimit = 16, MultipartBodyLengthLimit = MaxBytes };

    public static async Task<Result<UploadedDocument>> Read(HttpRequest request, CancellationToken ct)
    {
        if (request.Headers.ContentEncoding.Count > 0)
        {
            return Error.Invalid("document.encoding", "Send the document without Content-Encoding.");
        }

        return request.HasFormContentType ? await FromForm(request, ct) : await FromBody(request, ct);
    }

    private static async Task<Result<UploadedDocument>> FromForm(HttpRequest request, CancellationToken ct)
    {
        try
        {
            var form = await request.ReadFormAsync(Form, ct);
            if (form.Files is not [var file])
            {
                return Error.Invalid("document.upload", "Upload exactly one file.");
            }

            await using var stream = file.OpenReadStream();
            using var content = new MemoryStream();
            await stream.CopyToAsync(content, ct);
            return new UploadedDocument(content.ToArray(), null);
        }
        catch (InvalidDataException malformed)
        {
            return Error.Invalid("document.upload", $"The form cannot be read: {malformed.Message}");
        }
    }

    private static async Task<Result<UploadedDocument>> FromBody(HttpRequest request, CancellationToken ct)
    {
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, ct); // the listener bounds it
        var bytes = content.ToArray();
        // One with half of a surrogate pair is for the compiler to refuse: not even its names can be compared.
        var isDescription = !MediaTypes.IsJson(request.ContentType ?? "") || JsonText.HasHalfPair(bytes) || !IsRequest(bytes);
        return isDescription ? new UploadedDocument(bytes, null) : new UploadedDocument([], JsonSerializer.Deserialize<AnalyzeRequest>(bytes, Json.Options));
    }

    // An object of ours has no other members; everything else is for the compiler to judge.
    private static bool IsRequest(byte[] bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 256 });
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName
                && (reader.ValueTextEquals("document"u8) || reader.ValueTextEquals("url"u8));
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
