using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Host;

namespace ModularShop.SystemTests.BadInput;

/// <summary>The whole shop with all of its endpoints.</summary>
internal sealed partial class BombardedShop : IAsyncDisposable
{
    /// <summary>An address without an endpoint.</summary>
    public const string Nowhere = "/nowhere";

    // Addresses besides modules and operations, which no document describes.
    private static readonly Operation[] Pages =
    [
        Operation.Page("/"),
        Operation.Page(Nowhere),
        Operation.Page("/docs"),
        Operation.Page("/docs/scalar.js"),
        Operation.Page("/docs/scalar.aspnetcore.js"),
        Operation.Page("/docs/favicon.svg"),
        Operation.Page("/health/live"),
        Operation.Page("/health/ready"),
        Operation.Page("/admin/v1/openapi.json"),
        .. ShopModules.Descriptors.Select(module => Operation.Page($"/{module.Name}/openapi/v1.json")),
    ];

    private readonly TestApplication application;
    private readonly Endpoints endpoints;

    private BombardedShop(TestApplication application, Endpoints endpoints)
    {
        this.application = application;
        this.endpoints = endpoints;
        Files = new ShopFiles(application.Directory);
    }

    public TestClient Http => application.Http;

    public Uri Address => Http.Address;

    public string Directory => application.Directory;

    public ShopFiles Files { get; }

    private string Backups => $"{Directory}-backups";

    /// <summary>Every endpoint that is mapped in the running shop, for example <c>GET /catalog/v1/products</c>.</summary>
    public IReadOnlyList<string> Mapped => endpoints.All();

    public static async Task<BombardedShop> Start(IReadOnlyDictionary<string, string?>? settings = null)
    {
        var endpoints = new Endpoints();
        var application = await TestApplication.Start(
            ShopModules.All,
            directory: null,
            settings,
            (module, services) =>
                services
                    .AddSingleton<IHostedService>(container => endpoints.Of(module.Name, container))
                    // Hundreds of passwords are hashed here, and their strength does not matter.
                    .AddSingleton(new PasswordHasherOptions { IterationCount = 1 }),
            configureRoot: endpoints.OfRoot
        );
        return new BombardedShop(application, endpoints);
    }

    /// <summary>All operations in the documents, and the pages outside of them.</summary>
    public async Task<IReadOnlyList<Operation>> Operations()
    {
        var operations = new List<Operation>(Pages);
        operations.AddRange(Operation.In((await Http.Get("/admin/v1/openapi.json")).Body, ""));
        foreach (var module in ShopModules.Descriptors)
        {
            operations.AddRange(Operation.In((await Http.Get($"/{module.Name}/openapi/v1.json")).Body, $"/{module.Name}"));
        }
        return [.. operations.DistinctBy(operation => operation.Name)];
    }

    /// <summary>A new product, customer and order that no test has changed.</summary>
    public async Task<Seeds> Seed()
    {
        var number = Guid.CreateVersion7().ToString("N");
        var product = await Taken(
            "/catalog/v1/products",
            new
            {
                sku = number,
                name = "tea",
                description = (string?)null,
                price = 2.5m,
                currency = "EUR",
            }
        );
        var customers = await Taken("/customers/v1/customer-imports", new { customers = new[] { new { number, country = "France" } } });
        await CaughtUp();
        var customerId = customers.Body.GetProperty("customers")[0].GetProperty("customerId").GetGuid();
        var order = await Taken("/orders/v1/orders", new { customerId, lines = new[] { new { productId = product.Id, quantity = 2 } } });
        await CaughtUp();
        return new Seeds(product.Id, customerId, order.Id, Backups);
    }

    /// <summary>Waits until every module has applied what the others published.</summary>
    public Task CaughtUp() => application.CaughtUp();

    /// <summary>The shop accepts an order, every module is healthy, and there are no dead letters.</summary>
    public async Task IsWell()
    {
        await Seed();
        var ready = await Http.Get("/health/ready");
        Assert.That(ready.Body.GetProperty("status").GetString(), Is.EqualTo("healthy"), ready.Text);
    }

    public async ValueTask DisposeAsync()
    {
        Files.Dispose();
        await application.DisposeAsync();
        if (System.IO.Directory.Exists(Backups))
        {
            System.IO.Directory.Delete(Backups, recursive: true);
        }
    }

    private async Task<Answer> Taken(string path, object body)
    {
        var answer = await Http.Post(path, body);
        Assert.That(answer.Status, Is.AnyOf(HttpStatusCode.OK, HttpStatusCode.Created), answer.Text);
        return answer;
    }

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

        public IReadOnlyList<string> All() =>
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
