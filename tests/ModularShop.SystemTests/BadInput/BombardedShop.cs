using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModularShop.Host;
using ModularShop.Kernel.Modules;
using ModularShop.SystemTests.Topologies;

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

    private readonly Arrangement arrangement;
    private readonly TestTopology topology;
    private readonly Endpoints endpoints = new();
    private readonly List<TestApplication> processes = [];
    private ShopFiles? files;
    private NginxServer? nginx;

    private BombardedShop(Arrangement arrangement)
    {
        this.arrangement = arrangement;
        topology = TestTopology.Of(ShopModules.All, arrangement.Processes());
    }

    /// <summary>A client of nginx if there is one, otherwise of the first process. Either answers for all modules.</summary>
    public TestClient Http => nginx?.Client ?? Operating;

    /// <summary>A client of the first process, for the operator's routes, which are not public.</summary>
    public TestClient Operating => processes[0].Http;

    public Uri Address => Http.Address;

    /// <summary>Contains the data directories of all processes.</summary>
    public string Directory => topology.Directory;

    public ShopFiles Files => files ??= new ShopFiles(Directory);

    /// <summary>Whether nginx is in front, which answers some requests itself.</summary>
    public bool IsBehindServer => nginx is not null;

    private string Backups => $"{Directory}-backups";

    /// <summary>Every endpoint that is mapped in the running shop, for example <c>GET /catalog/v1/products</c>.</summary>
    public IReadOnlyList<string> Mapped => endpoints.All();

    public static async Task<BombardedShop> Start(
        Arrangement arrangement = Arrangement.OneProcess,
        IReadOnlyDictionary<string, string?>? settings = null
    )
    {
        var shop = new BombardedShop(arrangement);
        try
        {
            foreach (var (process, _) in arrangement.Processes())
            {
                shop.processes.Add(await shop.StartProcess(process, settings));
            }
            shop.nginx = arrangement is Arrangement.BehindNginx ? await Nginx.Start(shop.topology) : null;
            await shop.CaughtUp();
            return shop;
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Whether an operation is to be tested in an arrangement: those that the first process answers alone are the same in one process.
    /// </summary>
    public static bool IsTested(Arrangement arrangement, Operation operation)
    {
        var module = operation.Path.Split('/')[1];
        var isPublic = module is not ("admin" or "");
        return arrangement switch
        {
            Arrangement.OneProcess => true,
            Arrangement.BehindNginx => isPublic,
            _ => !arrangement.Processes()[0].Modules.Contains(module),
        };
    }

    /// <summary>All operations in the documents, and the pages outside of them.</summary>
    public async Task<IReadOnlyList<Operation>> Operations()
    {
        var operations = new List<Operation>(Pages);
        operations.AddRange(Operation.In((await Operating.Get("/admin/v1/openapi.json")).Body, ""));
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
    public Task CaughtUp() => Operating.CaughtUp();

    /// <summary>The shop accepts an order, every module is healthy, and there are no dead letters.</summary>
    public async Task IsWell()
    {
        await Seed();
        var ready = await Http.Get("/health/ready");
        Assert.That(ready.Body.GetProperty("status").GetString(), Is.EqualTo("healthy"), ready.Text);
    }

    public async ValueTask DisposeAsync()
    {
        files?.Dispose();
        if (nginx is not null)
        {
            await nginx.DisposeAsync();
        }
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }
        topology.Dispose();
        if (System.IO.Directory.Exists(Backups))
        {
            System.IO.Directory.Delete(Backups, recursive: true);
        }
    }

    private Task<TestApplication> StartProcess(string process, IReadOnlyDictionary<string, string?>? settings)
    {
        void Configure(ModuleDescriptor module, IServiceCollection services) =>
            services
                .AddSingleton<IHostedService>(container => endpoints.Of(module.Name, container))
                // Hundreds of passwords are hashed here, and their strength does not matter.
                .AddSingleton(new PasswordHasherOptions { IterationCount = 1 });

        // One process needs no topology.
        return arrangement is Arrangement.OneProcess
            ? TestApplication.Start(ShopModules.All, topology.DataOf(process), settings, Configure, configureRoot: endpoints.OfRoot)
            : topology.Start(process, settings, Configure, endpoints.OfRoot);
    }

    private async Task<Answer> Taken(string path, object body)
    {
        var answer = await Http.Post(path, body);
        Assert.That(answer.Status, Is.AnyOf(HttpStatusCode.OK, HttpStatusCode.Created), answer.Text);
        return answer;
    }
}
