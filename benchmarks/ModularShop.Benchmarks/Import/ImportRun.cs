using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.Raw;

namespace ModularShop.Benchmarks.Import;

/// <summary>Imports one file in each of the ways, every time into new files.</summary>
/// <param name="empty">Files as the shop makes them at its first start.</param>
internal sealed class ImportRun(string sales, int lines, string root, string empty, TimeSpan timeLimit)
{
    private string Shop => Path.Combine(root, "shop");

    public async Task<ImportFigures> Hosted()
    {
        DataFiles.Remove(Shop);
        var started = TimeProvider.System.GetTimestamp();
        await using var command = await Contender.Start("command", "import", "online-retail", sales, "--wait", "--data", Shop);
        await Succeed(command);
        return Figures(started, await command.Use());
    }

    public async Task<ImportFigures> IntoRunningShop()
    {
        DataFiles.Remove(Shop);
        await using var shop = await Contender.Start("shop", "--data", Shop, "--urls", "http://127.0.0.1:0");
        var before = await shop.Use();
        var started = TimeProvider.System.GetTimestamp();
        await using var command = await Contender.Start("command", "import", "online-retail", sales, "--wait", "--url", shop.Ready);
        await Succeed(command);
        var figures = Figures(started, await command.Use(), (await shop.Use()).Since(before));
        await shop.Stop();
        return figures with { Bytes = DataFiles.Size(Shop) };
    }

    /// <summary>After one of the others, whose files it must equal.</summary>
    public async Task<ImportFigures> ByHand()
    {
        var target = Path.Combine(root, "raw");
        DataFiles.Copy(empty, target);
        try
        {
            var started = TimeProvider.System.GetTimestamp();
            await using var import = await Contender.Start("raw-import", sales, target);
            await import.Ask("run", timeLimit);
            var figures = Figures(started, await import.Use());
            SameRows.Check(Shop, target);
            return figures with { Bytes = DataFiles.Size(target) };
        }
        finally
        {
            DataFiles.Remove(target);
        }
    }

    private async Task Succeed(Contender command)
    {
        var code = await command.Ask("run", timeLimit);
        if (code != "0")
        {
            throw new InvalidOperationException($"The import ended with {code}.");
        }
    }

    private ImportFigures Figures(long started, params IReadOnlyList<ResourceUse> uses) =>
        new(
            lines,
            TimeProvider.System.GetElapsedTime(started).TotalSeconds,
            uses.Sum(use => use.Cpu.TotalSeconds),
            [.. uses.Select(use => use.PeakMemory / 1e6)],
            DataFiles.Size(Shop)
        );
}
