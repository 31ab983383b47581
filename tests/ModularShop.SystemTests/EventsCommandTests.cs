using System.Text.Json;

namespace ModularShop.SystemTests;

internal sealed class EventsCommandTests
{
    [Test]
    public async Task Events_are_listed_in_order_from_a_position()
    {
        await using var news = await News.Start();
        await news.Publish(new HeadlinePublished("rain", 1), new HeadlinePublished("sun", 2), new HeadlinePublished("rain", 3));

        var all = await ShopCommand.Execute("events", "list", "news", "--url", news.Url, "--json");
        var some = await ShopCommand.Execute("events", "list", "news", "--url", news.Url, "--after", "1", "--limit", "1", "--json");
        var ofKey = await ShopCommand.Execute("events", "list", "news", "--url", news.Url, "--key", "rain");

        Assert.That(Positions(all.Output), Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(Positions(some.Output), Is.EqualTo(new[] { 2 }));
        Assert.That(ofKey.Output, Does.Contain("news.headline-published").And.Contain("rain").And.Not.Contain("sun"));
        Assert.That(all.ExitCode + some.ExitCode + ofKey.ExitCode, Is.Zero);
        Assert.That(all.Errors, Is.Empty);
    }

    [Test]
    public async Task An_event_is_shown_with_its_data()
    {
        await using var news = await News.Start();
        await news.Publish(new HeadlinePublished("rain", 41));

        var shown = await ShopProcess.Execute("events", "show", "news", "1", "--url", news.Url);
        var json = await ShopCommand.Execute("events", "show", "news", "1", "--url", news.Url, "--json");
        var missing = await ShopCommand.Execute("events", "show", "news", "2", "--url", news.Url);

        Assert.That(shown.Output, Does.Contain("news.headline-published").And.Contain("41"));
        using var cloudEvent = JsonDocument.Parse(json.Output);
        Assert.That(cloudEvent.RootElement.GetProperty("data").GetProperty("number").GetInt32(), Is.EqualTo(41));
        Assert.That(missing.ExitCode, Is.EqualTo(3));
        Assert.That(missing.Errors.Trim(), Is.EqualTo("modularshop: There is no event at position 2."));
        Assert.That(missing.Output, Is.Empty);
    }

    [Test]
    public async Task The_tail_prints_what_is_published_from_now_on_until_it_is_asked_to_end()
    {
        await using var news = await News.Start();
        await news.Publish(new HeadlinePublished("old", 1));
        await using var tail = ShopProcess.Start("events", "tail", "--url", news.Url, "--json");
        await Eventually.True(() => tail.Errors.Contains("Ctrl+C", StringComparison.Ordinal));

        await news.Publish(new HeadlinePublished("new", 2), new HeadlinePublished("new", 3));
        await Eventually.True(() => Lines(tail.Output).Length == 2);
        var exitCode = await tail.Terminate();

        Assert.That(Lines(tail.Output).Select(line => Position(line)), Is.EqualTo(new[] { 2, 3 }));
        Assert.That(exitCode, Is.Zero);
    }

    [Test]
    public async Task The_tail_ends_when_the_shop_does_and_does_not_hold_it_up()
    {
        await using var shop = await ShopProcess.Run();
        await using var tail = ShopProcess.Start("events", "tail", "catalog", "--url", shop.Url);
        await Eventually.True(() => tail.Errors.Contains("Ctrl+C", StringComparison.Ordinal));

        var shopExit = await shop.Terminate();

        Assert.That(shopExit, Is.Zero);
        Assert.That(await tail.Exited(), Is.EqualTo(1));
        Assert.That(tail.Errors, Does.Contain("The shop has ended."));
    }

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static int Position(string json)
    {
        using var parsed = JsonDocument.Parse(json);
        return parsed.RootElement.GetProperty("position").GetInt32();
    }

    private static int[] Positions(string json)
    {
        using var parsed = JsonDocument.Parse(json);
        return [.. parsed.RootElement.EnumerateArray().Select(cloudEvent => cloudEvent.GetProperty("position").GetInt32())];
    }
}
