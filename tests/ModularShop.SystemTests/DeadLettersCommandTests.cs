using System.Text.Json;

namespace ModularShop.SystemTests;

internal sealed class DeadLettersCommandTests
{
    [Test]
    public async Task Dead_letters_are_listed_and_shown_with_what_waits_behind_them()
    {
        await using var news = await NewsWithDeadLetters("rain");

        var list = await ShopProcess.Execute("dead-letters", "list", "--url", news.Url, "--json");
        var dead = await ShopCommand.Execute("dead-letters", "list", "reader", "--status", "dead", "--url", news.Url);
        var shown = await ShopProcess.Execute("dead-letters", "show", "reader", "1", "--url", news.Url);

        using var letters = JsonDocument.Parse(list.Output);
        Assert.That(
            letters.RootElement.EnumerateArray().Select(letter => letter.GetProperty("status").GetString()),
            Is.EqualTo(new[] { "dead", "parked" })
        );
        Assert.That(letters.RootElement[0].GetProperty("module").GetString(), Is.EqualTo("reader"));
        Assert.That(dead.Output, Does.Contain("No news of rain").And.Not.Contain("parked"));
        Assert.That(shown.Output, Does.Contain("No news of rain").And.Contain("   at ").And.Contain("\"number\": 1"));
        Assert.That(list.ExitCode + dead.ExitCode + shown.ExitCode, Is.Zero);
    }

    [Test]
    public async Task A_retry_that_fails_again_says_so_and_one_that_succeeds_releases_what_waits()
    {
        await using var news = await NewsWithDeadLetters("rain");

        var failing = await ShopCommand.Execute("dead-letters", "retry", "reader", "1", "--url", news.Url);
        news.Reading.Refused = null;
        var succeeding = await ShopCommand.Execute("dead-letters", "retry", "reader", "--all", "--url", news.Url);

        Assert.That(failing.ExitCode, Is.EqualTo(1));
        Assert.That(failing.Errors, Does.Contain("No news of rain"));
        Assert.That(succeeding.ExitCode, Is.Zero);
        Assert.That(succeeding.Errors, Does.Contain("2 events took effect."));
        Assert.That(news.Reading.Read, Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public async Task A_discarded_letter_keeps_the_reason_and_releases_what_waits()
    {
        await using var news = await NewsWithDeadLetters("rain");

        var withoutReason = await ShopCommand.Execute("dead-letters", "discard", "reader", "1", "--url", news.Url);
        news.Reading.Refused = null;
        var discarded = await ShopProcess.Execute("dead-letters", "discard", "reader", "1", "--reason", "old hat", "--url", news.Url);
        var list = await ShopCommand.Execute("dead-letters", "list", "reader", "--url", news.Url);

        Assert.That(withoutReason.ExitCode, Is.EqualTo(2));
        Assert.That(discarded.ExitCode, Is.Zero, discarded.Errors);
        Assert.That(list.Output, Does.Contain("discarded").And.Contain("old hat"));
        Assert.That(news.Reading.Read, Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public async Task What_is_not_there_gives_3()
    {
        await using var news = await News.Start();

        var letter = await ShopCommand.Execute("dead-letters", "show", "reader", "7", "--url", news.Url);
        var module = await ShopCommand.Execute("dead-letters", "list", "nobody", "--url", news.Url);

        Assert.That(letter.ExitCode, Is.EqualTo(3));
        Assert.That(letter.Errors.Trim(), Is.EqualTo("modularshop: There is no dead letter 7."));
        Assert.That(module.ExitCode, Is.EqualTo(3));
    }

    [Test]
    public async Task A_rebuild_replays_everything_and_a_module_that_cannot_be_rebuilt_says_why()
    {
        await using var news = await News.Start();
        await news.Publish(new HeadlinePublished("rain", 1), new HeadlinePublished("sun", 2));
        news.Reading.Read.Enqueue(99);

        var rebuilt = await ShopCommand.Execute("rebuild", "reader", "--wait", "--url", news.Url);
        var refused = await ShopCommand.Execute("rebuild", "news", "--url", news.Url);

        Assert.That(rebuilt.ExitCode, Is.Zero, rebuilt.Errors);
        Assert.That(news.Reading.Read, Is.EqualTo(new[] { 1, 2 }));
        Assert.That(refused.ExitCode, Is.EqualTo(1));
        Assert.That(refused.Errors.Trim(), Does.Contain("cannot be rebuilt").And.Not.Contain("\n"));
    }

    [Test]
    public async Task A_rebuild_clears_nothing_while_a_source_that_would_be_replayed_is_not_running()
    {
        await using var news = await News.Start();
        await news.Publish(new HeadlinePublished("rain", 1), new HeadlinePublished("sun", 2));
        await news.StopPublisher();

        var rebuilt = await ShopCommand.Execute("rebuild", "reader", "--wait", "--url", news.Url);

        Assert.That(rebuilt.ExitCode, Is.EqualTo(1));
        Assert.That(rebuilt.Errors.Trim(), Does.Contain("'news' does not run here").And.Not.Contain("\n"));
        Assert.That(news.Reading.Read, Is.EqualTo(new[] { 1, 2 }));
    }

    private static async Task<News> NewsWithDeadLetters(string topic)
    {
        var news = await News.Start();
        news.Reading.Refused = topic;
        await news.Publish(new HeadlinePublished(topic, 1), new HeadlinePublished(topic, 2));
        return news;
    }
}
