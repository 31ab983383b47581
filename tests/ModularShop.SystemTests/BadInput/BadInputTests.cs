using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;
using ModularShop.SystemTests.Topologies;

namespace ModularShop.SystemTests.BadInput;

/// <summary>
/// Sends requests with every kind of error to every endpoint of the shop. The requests are generated from the OpenAPI documents, so new
/// endpoints are tested automatically.
/// </summary>
[Parallelizable(ParallelScope.Self)]
internal sealed class BadInputTests
{
    private const int MaxListed = 10;

    private static readonly Dictionary<Arrangement, BombardedShop> Shops = [];
    private static IReadOnlyList<Operation> operations = [];

    [OneTimeSetUp]
    public static async Task Start()
    {
        foreach (var arrangement in Arrangements.Tested)
        {
            var shop = Shops[arrangement] = await BombardedShop.Start(arrangement);
            operations = await shop.Operations();
            await shop.Seed();
        }
    }

    [OneTimeTearDown]
    public static async Task Stop()
    {
        foreach (var shop in Shops.Values)
        {
            await shop.DisposeAsync();
        }
    }

    public static async Task<IEnumerable<TestCaseData>> Cases()
    {
        await using var described = await BombardedShop.Start();
        var all = await described.Operations();
        return Arrangements.Tested.SelectMany(arrangement =>
            all.Where(operation => BombardedShop.IsTested(arrangement, operation))
                .Select(operation => new TestCaseData(arrangement, operation.Name).SetArgDisplayNames($"{arrangement}", operation.Name))
        );
    }

    [TestCaseSource(nameof(Cases))]
    public async Task Bad_input_is_refused_politely_and_leaves_nothing(Arrangement arrangement, string name)
    {
        var shop = Shops[arrangement];
        var operation = operations.Single(operation => operation.Name == name);
        var seeds = await shop.Seed();
        await IsTakenAsItShouldBe(shop, operation, seeds);
        var cursor = await Cursor(shop, operation, seeds);
        seeds = await shop.Seed();
        var failures = new List<string>();
        var before = shop.Files.Contents();

        foreach (var make in BadRequests.For(operation, operations, cursor))
        {
            var request = make(new RequestShape(operation, new Examples(seeds)));
            var answer = await RawHttp.Send(shop.Address, request);
            var broken = AnswerRules.Broken(request, answer, shop.Directory, shop.IsBehindServer).ToList();
            if (request.IsChange && answer.Status < 400)
            {
                // The resource of this request may be deleted or in another state now. Only a PUT can be repeated.
                var isUsed = operation.Path.Contains("Id}", StringComparison.Ordinal) && operation.Method != "PUT";
                seeds = isUsed ? await shop.Seed() : seeds;
                await shop.CaughtUp();
            }
            else if (shop.Files.Contents() != before)
            {
                broken.Add("it left something in the files, though it was refused or only read");
            }
            before = shop.Files.Contents();
            failures.AddRange(broken.Select(rule => $"{rule}:\n{request}\n{answer}"));
        }

        await shop.IsWell();
        if (failures.Count > 0)
        {
            Assert.Fail($"{failures.Count} answers are not as they should be.\n\n{string.Join("\n\n", failures.Take(MaxListed))}");
        }
    }

    [TestCaseSource(typeof(Arrangements), nameof(Arrangements.Tested))]
    public void Every_endpoint_that_is_mapped_is_tested(Arrangement arrangement)
    {
        var shop = Shops[arrangement];
        var tested = operations.Select(operation => operation.Name).ToHashSet();

        Assert.That(shop.Mapped, Has.Count.GreaterThan(30));
        Assert.That(shop.Mapped.Where(endpoint => !tested.Contains(endpoint)), Is.Empty, "no OpenAPI document describes them");
    }

    [TestCaseSource(typeof(Arrangements), nameof(Arrangements.Tested))]
    public async Task A_number_in_an_address_takes_no_comma(Arrangement arrangement)
    {
        var shop = Shops[arrangement];
        var seeds = await shop.Seed();
        var numbers =
            from operation in operations
            where BombardedShop.IsTested(arrangement, operation)
            from parameter in operation.Parameters
            where parameter is { In: "query", Schema.Type: "number" or "integer" }
            select new RequestShape(operation, new Examples(seeds)).WithQuery(parameter.Name, "1,50");
        var count = 0;

        foreach (var request in numbers)
        {
            var answer = await RawHttp.Send(shop.Address, request);
            Assert.That(answer.Status, Is.EqualTo(400), $"{request}\n{answer}");
            count++;
        }

        Assert.That(count, Is.GreaterThan(arrangement is Arrangement.OneProcess ? 10 : 0));
    }

    // With two errors, a request could be refused for the one that is not tested.
    private static async Task IsTakenAsItShouldBe(BombardedShop shop, Operation operation, Seeds seeds)
    {
        var request = new RequestShape(operation, new Examples(seeds)).Right;
        var answer = await RawHttp.Send(shop.Address, request);
        // There are no dead letters to act on, and the page for all other addresses has no resource.
        var isThere = !operation.Path.Contains("dead-letters/", StringComparison.Ordinal) && operation.Path != BombardedShop.Nowhere;
        var isTaken = answer.Status is not (400 or 415) && (answer.Status != 404 || !isThere);
        Assert.That(isTaken, $"Give Examples a right value for what is refused here.\n{request}\n{answer}");
        await shop.CaughtUp();
    }

    /// <summary>The JSON in the cursor of a first page, if the operation has pages.</summary>
    private static async Task<string?> Cursor(BombardedShop shop, Operation operation, Seeds seeds)
    {
        var queries = operation.Parameters.Where(parameter => parameter.In == "query").Select(parameter => parameter.Name).ToList();
        if (!queries.Contains("after") || !queries.Contains("limit"))
        {
            return null;
        }
        var page = await shop.Http.Get(new RequestShape(operation, new Examples(seeds)).WithQuery("limit", "1").Target);
        // An operator's list is a plain array. A page contains the cursor of the next one.
        if (page.Body.ValueKind is JsonValueKind.Array)
        {
            return null;
        }
        page.Expect(HttpStatusCode.OK);
        return page.Body.GetProperty("next").GetString() is { } next ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(next)) : null;
    }
}
