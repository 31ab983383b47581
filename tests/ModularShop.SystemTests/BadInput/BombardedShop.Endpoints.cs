using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Host;

namespace ModularShop.SystemTests.BadInput;

internal sealed partial class BombardedShop
{
    /// <summary>What is mapped in the modules and the root of all processes.</summary>
    private sealed partial class Endpoints
    {
        private readonly Dictionary<string, IEnumerable<EndpointDataSource>> sources = [];

        public void OfRoot(WebApplication root)
        {
            Host.Pages.Map(root, ShopModules.Descriptors);
            sources[""] = ((IEndpointRouteBuilder)root).DataSources;
        }

        public Nothing Of(string module, IServiceProvider container)
        {
            lock (sources)
            {
                sources[$"/{module}"] = container.GetServices<EndpointDataSource>();
            }
            return new Nothing();
        }

        // The routes of the bus are for the other processes. No document describes them.
        public IReadOnlyList<string> All() => [.. Mapped().Where(endpoint => !endpoint.Contains(" /bus/", StringComparison.Ordinal))];

        private IReadOnlyList<string> Mapped() =>
            [
                .. sources.SelectMany(source =>
                    source
                        .Value.SelectMany(s => s.Endpoints)
                        .OfType<RouteEndpoint>()
                        .SelectMany(endpoint =>
                            (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method =>
                                $"{method} {source.Key}/{Plain(endpoint.RoutePattern.RawText)}"
                            )
                        )
                ),
            ];

        // Parameters with a different name in each document, or for any value.
        private static string Plain(string? pattern) =>
            Constraint()
                .Replace(pattern?.TrimStart('/') ?? "", "}")
                .Replace("/{documentName?}", "", StringComparison.Ordinal)
                .Replace("{documentName}", "v1", StringComparison.Ordinal)
                .Replace("{*path}", Nowhere[1..], StringComparison.Ordinal);

        // The route {id:guid} is {id} in a document.
        [GeneratedRegex(@":[^}]*\}")]
        private static partial Regex Constraint();
    }

    private sealed class Nothing : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
