using System.Net;
using ModularShop.SystemTests.Crashes;

namespace ModularShop.SystemTests.Topologies;

/// <summary>A process that hangs (SIGSTOP) keeps its connections open and answers nothing, until it goes on (SIGCONT).</summary>
[TestFixtureSource(typeof(Arrangements), nameof(Arrangements.Several))]
internal sealed class HangingProcessTests(Arrangement arrangement)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    [Test]
    public async Task While_the_process_of_orders_hangs_the_others_answer_and_afterwards_nothing_is_missing()
    {
        await using var shop = await SplitShop.Start(seed: 5, arrangement, isImpatient: true);
        var others = shop.NewCrowd();
        await shop.Resume();
        using var enough = new CancellationTokenSource(Deadline);
        var working = shop.Crowd.Work(shop.Http, enough.Token);
        await Eventually.True(() => shop.Crowd.Answered > 100, Deadline);

        await shop.HostOf("orders").Pause();

        // Each client sends an order sooner or later, and is refused in time.
        await working.WaitAsync(Deadline);
        Assert.That(shop.Crowd.Refused.Count(), Is.EqualTo(shop.Crowd.Size));
        Assert.That(
            shop.Crowd.Refused.Select(answer => answer.Status),
            Is.All.EqualTo(HttpStatusCode.BadGateway).Or.EqualTo(HttpStatusCode.GatewayTimeout)
        );
        Assert.That(shop.Crowd.Slowest, Is.InRange(SplitShop.Patience, SplitShop.Patience * 3));
        await TheOthersAnswer(shop, others);
        await Says(shop, "module orders", "unhealthy", "did not answer");
        await Says(shop, "subscription purchase-history <- orders", "degraded", "'orders' cannot be read");

        shop.HostOf("orders").GoOn();

        await shop.Resume();
        shop.AssertSound();
        await Eventually.Get(() => shop.Operating.Get("/health/ready"), ready => ready.Body.Text("status") == "healthy", Deadline);
    }

    [Test]
    public async Task A_subscriber_that_hangs_holds_up_nobody_and_catches_up_when_it_goes_on()
    {
        var processes = (string[])["catalog", "customers", "orders"];
        await using var shop = await SplitShop.Start(seed: 6, [("main", processes), ("history", ["purchase-history"])], isImpatient: true);
        await shop.Resume();
        await shop["history"].Pause();
        using var enough = new CancellationTokenSource(Deadline);
        var working = shop.Crowd.Work(shop.Http, enough.Token);
        await Eventually.True(() => shop.Crowd.Answered > 300, Deadline);
        await enough.CancelAsync();
        await working;

        Assert.That(shop.Crowd.Refused, Is.Empty);
        Assert.That(shop.Crowd.Slowest, Is.LessThan(SplitShop.Patience * 2));
        await Says(shop, "module purchase-history", "unhealthy", "did not answer");

        shop["history"].GoOn();

        await shop.Resume();
        shop.AssertSound();
    }

    private static async Task TheOthersAnswer(SplitShop shop, Crowd others)
    {
        using var enough = new CancellationTokenSource(Deadline);
        var working = others.Work(shop.Http, enough.Token, except: "orders");
        await Eventually.True(() => working.IsCompleted || others.Answered > 200, Deadline);
        await enough.CancelAsync();
        await working;
        Assert.That(others.Refused, Is.Empty);
        Assert.That(others.Answered, Is.GreaterThan(200));
        Assert.That(others.Slowest, Is.LessThan(SplitShop.Patience * 2));
    }

    private static async Task Says(SplitShop shop, string entry, string status, string why) =>
        await Eventually.Get(
            () => shop.Operating.Health(entry),
            health => health.Text("status") == status && health.Text("description").Contains(why, StringComparison.Ordinal),
            Deadline
        );
}
