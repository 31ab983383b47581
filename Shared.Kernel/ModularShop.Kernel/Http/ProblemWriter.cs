using System.Text.Json;
using System.Text.RegularExpressions;
using FluentValidation;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using ModularShop.Kernel.Events;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Http;

/// <summary>Answers every exception with RFC 9457 problem details. An unknown exception becomes a 500 that reveals no details.</summary>
internal sealed partial class ProblemWriter(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception exception, CancellationToken ct)
    {
        if (exception is OperationCanceledException && http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }
        // An endpoint may read the database directly, without a query.
        var failure = Reader.Failure(exception, http.RequestServices) ?? exception;
        if (Describe(failure) is not { } problem)
        {
            return false;
        }
        http.Response.StatusCode = problem.Status!.Value;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = "1";
        }
        return await problems.TryWriteAsync(new() { HttpContext = http, ProblemDetails = problem });
    }

    private static ProblemDetails? Describe(Exception exception) =>
        exception switch
        {
            ValidationException e => Fields(
                StatusCodes.Status400BadRequest,
                "The request is not valid.",
                e.Errors.GroupBy(error => JsonPath(error.PropertyName))
                    .ToDictionary(field => field.Key, field => field.Select(error => error.ErrorMessage).ToArray())
            ),
            BadRequestException e => Field(StatusCodes.Status400BadRequest, e.Message, e.Field),
            BadHttpRequestException { InnerException: JsonException e } => Field(
                StatusCodes.Status400BadRequest,
                "The body is not the JSON that is expected here.",
                e.Path is null or "$" ? "body" : e.Path.Replace("$.", "", StringComparison.Ordinal)
            ),
            BadHttpRequestException e when Parameter().Match(e.Message) is { Success: true } parameter => Field(
                StatusCodes.Status400BadRequest,
                "The value cannot be read, or is missing.",
                JsonPath(parameter.Groups["name"].Value)
            ),
            BadHttpRequestException e => Problem(e.StatusCode, Explain(e.StatusCode)),
            UnsupportedBodyException e => Problem(StatusCodes.Status415UnsupportedMediaType, e.Message),
            UnauthorizedException e => Problem(StatusCodes.Status401Unauthorized, e.Message),
            NotFoundException e => Problem(StatusCodes.Status404NotFound, e.Message),
            ConflictException e => Problem(StatusCodes.Status409Conflict, e.Message),
            PreconditionFailedException e => Problem(StatusCodes.Status412PreconditionFailed, e.Message),
            UnprocessableException { Field: { } field } e => Field(StatusCodes.Status422UnprocessableEntity, e.Message, field),
            UnprocessableException e => Problem(StatusCodes.Status422UnprocessableEntity, e.Message),
            StorageException { OutcomeIsUnknown: true } e => Problem(
                StatusCodes.Status503ServiceUnavailable,
                $"{e.Fault.Reason} It may have been done or not. Repeat it with the same Idempotency-Key."
            ),
            StorageException e => Problem(
                StatusCodes.Status503ServiceUnavailable,
                $"{e.Fault.Reason} Nothing was changed. Try again later."
            ),
            CopyNotCurrentException e => Problem(
                StatusCodes.Status503ServiceUnavailable,
                $"{e.Message} Nothing was changed. Try again later."
            ),
            ModuleStoppingException => Problem(StatusCodes.Status503ServiceUnavailable, "Nothing was changed. Try again later."),
            TimeoutException => Problem(
                StatusCodes.Status503ServiceUnavailable,
                "It took too long and nothing was changed. Try again later."
            ),
            _ => null,
        };

    // The framework's messages are for developers: they contain types, options and values that were sent.
    private static string Explain(int status) =>
        status switch
        {
            StatusCodes.Status408RequestTimeout => "The body came too slowly.",
            StatusCodes.Status413PayloadTooLarge => "The body is too large.",
            StatusCodes.Status415UnsupportedMediaType => "A body is JSON in UTF-8, with the Content-Type application/json.",
            _ => "The request cannot be read.",
        };

    private static ProblemDetails Problem(int status, string detail) => new() { Status = status, Detail = detail };

    private static HttpValidationProblemDetails Field(int status, string detail, string field) =>
        Fields(status, detail, new Dictionary<string, string[]> { [field] = [detail] });

    private static HttpValidationProblemDetails Fields(int status, string detail, Dictionary<string, string[]> errors) =>
        new(errors)
        {
            Status = status,
            Detail = detail,
            Title = null,
        };

    // ASP.NET Core names a parameter that it could not bind only in its message, together with the CLR type.
    [GeneratedRegex("parameter \"[^\"]*?(?<name>\\w+)\"")]
    private static partial Regex Parameter();

    // FluentValidation writes Lines[0].ProductId for lines[0].productId in the body.
    private static string JsonPath(string property) => string.Join('.', property.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
}
