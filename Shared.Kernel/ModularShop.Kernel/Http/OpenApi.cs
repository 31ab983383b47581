using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using ModularShop.Kernel.Requests;

namespace ModularShop.Kernel.Http;

/// <summary>The OpenAPI documents of the modules and of the operations, with the parts that all endpoints have in common.</summary>
internal static class OpenApi
{
    private static readonly string[] Changes = ["POST", "PUT", "PATCH", "DELETE"];

    public static void AddModuleOpenApi(this IServiceCollection services, string module, string description) =>
        services.AddDocument(module, description, options => options.AddOperationTransformer(DescribeChange));

    /// <summary>Adds the document of the operators' routes, which belong to the root and not to a module.</summary>
    public static void AddOperationsOpenApi(this IServiceCollection services) =>
        services.AddDocument(
            "operations",
            "What the person who runs the process may do.",
            options => options.ShouldInclude = endpoint => endpoint.RelativePath?.StartsWith("admin/", StringComparison.Ordinal) is true
        );

    private static void AddDocument(this IServiceCollection services, string title, string description, Action<OpenApiOptions> configure) =>
        services.AddOpenApi(
            "v1",
            options =>
            {
                options.AddDocumentTransformer(
                    (document, _, _) =>
                    {
                        document.Info.Title = title;
                        document.Info.Description = description;
                        document.Info.Version = "v1";
                        return Task.CompletedTask;
                    }
                );
                options.AddOperationTransformer(DescribeQueryParameters);
                options.AddSchemaTransformer(DescribeText);
                // The types of a slice are nested in it: CancelOrder.Body becomes CancelOrderBody.
                options.CreateSchemaReferenceId = type =>
                    OpenApiOptions.CreateDefaultSchemaReferenceId(type) is { } name ? type.Type.DeclaringType?.Name + name : null;
                configure(options);
            }
        );

    /// <summary>Documents the statuses that the kernel answers by convention.</summary>
    public static RouteGroupBuilder DescribeProblems(this RouteGroupBuilder endpoints) =>
        endpoints
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static Task DescribeChange(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        if (!Changes.Contains(context.Description.HttpMethod))
        {
            return Task.CompletedTask;
        }
        operation.Parameters ??= [];
        operation.Parameters.Add(
            new OpenApiParameter
            {
                Name = IdempotencyKey.Header,
                In = ParameterLocation.Header,
                Description = "Repeat a request with the same key and get the first answer; nothing is done twice.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = IdempotencyKey.MaxLength },
            }
        );
        return Task.CompletedTask;
    }

    // A header is a string, whatever type it is bound to. The framework does not know what the converters ExactDecimalJson and
    // MillisecondJson read and write.
    private static Task DescribeText(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(IfMatch))
        {
            (schema.Type, schema.Properties, schema.AdditionalPropertiesAllowed) = (JsonSchemaType.String, null, true);
            return Task.CompletedTask;
        }
        (JsonSchemaType, string)? known =
            type == typeof(decimal) ? (JsonSchemaType.Number, "double")
            : type == typeof(DateTimeOffset) ? (JsonSchemaType.String, "date-time")
            : null;
        if (known is ({ } shown, { } format))
        {
            var isNullable = type != context.JsonTypeInfo.Type;
            schema.Type = isNullable ? shown | JsonSchemaType.Null : shown;
            schema.Format = format;
        }
        return Task.CompletedTask;
    }

    private static bool IsDecimal(Type type) => (Nullable.GetUnderlyingType(type) ?? type) == typeof(PlainDecimal);

    // Query parameters are bound without regard to case and are documented in camel case. The framework describes types that are parsed
    // from text as strings, but a decimal is a number.
    private static Task DescribeQueryParameters(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken ct
    )
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if (parameter is { In: ParameterLocation.Query, Name: { } name })
            {
                if (context.Description.ParameterDescriptions.Any(p => p.Name == name && IsDecimal(p.ParameterDescriptor.ParameterType)))
                {
                    parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.Number, Format = "double" };
                }
                parameter.Name = JsonNamingPolicy.CamelCase.ConvertName(name);
            }
        }
        return Task.CompletedTask;
    }
}
