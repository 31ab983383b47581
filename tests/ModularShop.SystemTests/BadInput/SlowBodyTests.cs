using System.Net.Sockets;
using ModularShop.Host;
using ModularShop.SystemTests.Topologies;

namespace ModularShop.SystemTests.BadInput;

/// <summary>Clients that send a body slowly, or never finish it.</summary>
[TestFixtureSource(typeof(Arrangements), nameof(Arrangements.Tested))]
internal sealed class SlowBodyTests(Arrangement arrangement)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    [Test]
    public async Task A_body_that_trickles_in_is_ended_and_keeps_nobody_waiting()
    {
        // Faster than Kestrel's minimum data rate, so that only the request timeout can end it.
        await using var shop = await BombardedShop.Start(
            arrangement,
            new Dictionary<string, string?> { ["Kernel:Http:RequestTimeout"] = "00:00:08" }
        );
        var slow = await Changes(shop);
        var before = shop.Files.Contents();

        var trickling = slow.Select(request => Trickle(shop.Address, request)).ToList();
        var answers = await Task.WhenAll(trickling);

        foreach (var (request, answer) in slow.Zip(answers))
        {
            // A process that passes a body on learns only that the other one has closed the connection.
            int[] refusals = arrangement is Arrangement.OneProcess ? [408, 504] : [408, 504, 502];
            Assert.That(answer.Status, Is.AnyOf([.. refusals.Cast<object>()]), $"{request}\n{answer}");
            Assert.That(answer.ContentType, Is.EqualTo("application/problem+json"), $"{request}\n{answer}");
        }
        Assert.That(shop.Files.Contents(), Is.EqualTo(before));
        await shop.IsWell();
    }

    [Test]
    public async Task Orders_are_taken_while_other_bodies_never_end()
    {
        await using var shop = await BombardedShop.Start(arrangement);
        var slow = await Changes(shop);
        var open = new List<TcpClient>();
        foreach (var request in slow)
        {
            open.Add(await Begin(shop.Address, request));
        }

        await shop.IsWell();
        var before = await Positions(shop);
        open.ForEach(client => client.Dispose());

        // A client that disconnects in the middle has changed nothing, and a module that stops has completed every request.
        foreach (var module in ShopModules.Descriptors)
        {
            await shop.Operating.Post($"/admin/v1/modules/{module.Name}/restart", body: null);
        }
        Assert.That(await Positions(shop), Is.EqualTo(before));
        await shop.IsWell();
    }

    // The number of events of each module. There are no changes without an event.
    private static async Task<IReadOnlyList<string>> Positions(BombardedShop shop) =>
        [
            .. (await shop.Operating.Get("/admin/v1/modules"))
                .Body.EnumerateArray()
                .Select(m => $"{m.GetProperty("name")} {m.GetProperty("events")}"),
        ];

    private static async Task<IReadOnlyList<RawRequest>> Changes(BombardedShop shop)
    {
        var examples = new Examples(await shop.Seed());
        return
        [
            .. (await shop.Operations())
                .Where(operation => operation.Body is not null && !operation.Path.StartsWith("/admin", StringComparison.Ordinal))
                .Select(operation => new RequestShape(operation, examples).Right),
        ];
    }

    // Everything but the end of the body.
    private static async Task<TcpClient> Begin(Uri address, RawRequest request)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await client.GetStream().WriteAsync(request.Head(address.Authority));
        await client.GetStream().WriteAsync(request.Body.AsMemory(..^1));
        return client;
    }

    private static async Task<RawAnswer> Trickle(Uri address, RawRequest request)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var endless = request with { Body = new byte[1_000_000] };
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port, deadline.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(endless.Head(address.Authority), deadline.Token);
        var answer = RawHttp.Read(stream, deadline.Token);
        var part = new byte[100];
        part.AsSpan().Fill((byte)' ');
        while (!answer.IsCompleted)
        {
            try
            {
                await stream.WriteAsync(part, deadline.Token);
            }
            catch (IOException)
            {
                break; // The server has closed the connection.
            }
            await Task.WhenAny(answer, Task.Delay(Pause, deadline.Token));
        }
        return await answer;
    }
}
