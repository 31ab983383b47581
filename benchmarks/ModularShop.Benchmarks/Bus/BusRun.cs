using System.Globalization;
using System.Text.Json;
using ModularShop.Benchmarks.Harness;
using ModularShop.Testing;

namespace ModularShop.Benchmarks.Bus;

/// <summary>What a contender did under full load.</summary>
/// <param name="Accepted">Orders a second.</param>
/// <param name="EndToEnd">Orders a second until the last was applied; null without a subscriber.</param>
/// <param name="Cpu">Microseconds an order.</param>
/// <param name="Allocated">Bytes an order.</param>
/// <param name="Peak">Megabytes.</param>
/// <param name="Written">Bytes an order, to the disk.</param>
/// <param name="OnDisk">Bytes an order that stay there.</param>
/// <param name="OutOfOrder">The share of effects that came after that of a later order; null without a subscriber.</param>
internal sealed record Throughput(
    double Accepted,
    double? EndToEnd,
    double P50,
    double P99,
    double P999,
    double Cpu,
    double Allocated,
    double Peak,
    double Written,
    double OnDisk,
    double? OutOfOrder
);

/// <summary>The state after a kill.</summary>
/// <param name="Drained">Seconds from the start of the pump until all was applied.</param>
/// <param name="SinceStart">Seconds from the start of the process.</param>
/// <param name="Lost">Acknowledged orders that are not in the publisher's file.</param>
/// <param name="OutOfOrder">The share of effects that came after that of a later order.</param>
internal sealed record Recovery(double Drained, double SinceStart, long Lost, long Missing, long Duplicates, double OutOfOrder);

/// <summary>Runs a contender in a separate process, with new files each time.</summary>
internal static class BusRun
{
    public const int WarmUp = 2000;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(15);

    public static async Task<Throughput> UnderLoad(string contender, int publishers, int orders)
    {
        using var files = new TemporaryFiles();
        Publication published;
        ResourceUse use;
        await using (var process = await Contender.Start(BusRole.Name, contender, files.Directory, Text(WarmUp + orders)))
        {
            await Publish(process, publishers, WarmUp);
            var before = await process.Use();
            published = await Publish(process, publishers, orders);
            use = (await process.Use()).Since(before);
        }
        double? outOfOrder = null;
        if (published.EndToEndSeconds is not null)
        {
            var found = files.Bus.Audit();
            if (found is not { Missing: 0, Duplicates: 0, TotalsAgree: true } || found.Orders != WarmUp + orders)
            {
                throw new InvalidOperationException($"{contender}: of {WarmUp + orders} orders the files tell {found}.");
            }
            outOfOrder = (double)found.OutOfOrder / found.Orders;
        }
        return new Throughput(
            orders / published.AcceptedSeconds,
            orders / published.EndToEndSeconds,
            published.P50,
            published.P99,
            published.P999,
            use.Cpu.TotalMicroseconds / orders,
            (double)use.Allocated / orders,
            use.PeakMemory / 1e6,
            (double)use.Written / orders,
            (double)files.Bus.Bytes() / (WarmUp + orders),
            outOfOrder
        );
    }

    public static async Task<Delays> Paced(string contender, int perSecond, TimeSpan time)
    {
        var orders = (int)(perSecond * time.TotalSeconds);
        using var files = new TemporaryFiles();
        await using var process = await Contender.Start(BusRole.Name, contender, files.Directory, Text(WarmUp + orders));
        await Publish(process, publishers: 1, WarmUp);
        return JsonSerializer.Deserialize<Delays>(await process.Ask($"pace {perSecond} {orders}", TimeLimit))!;
    }

    public static async Task<Recovery> Killed(string contender, int publishers, int undelivered)
    {
        using var files = new TemporaryFiles();
        await using (var closed = await Contender.Start(BusRole.Name, contender, files.Directory, Text(undelivered), BusRole.Closed))
        {
            await Publish(closed, publishers, undelivered);
            if (await closed.Ask("applied") is not "0")
            {
                throw new InvalidOperationException($"{contender}: something was delivered before the kill.");
            }
            await closed.Kill();
        }
        var started = TimeProvider.System.GetTimestamp();
        double drained,
            sinceStart;
        await using (var again = await Contender.Start(BusRole.Name, contender, files.Directory, Text(undelivered), BusRole.Recover))
        {
            sinceStart = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            drained = double.Parse(again.Ready, CultureInfo.InvariantCulture);
        }
        var found = files.Bus.Audit();
        return new Recovery(
            drained,
            sinceStart,
            undelivered - found.Orders,
            found.Missing,
            found.Duplicates,
            (double)found.OutOfOrder / found.Orders
        );
    }

    private static async Task<Publication> Publish(Contender process, int publishers, int orders) =>
        JsonSerializer.Deserialize<Publication>(await process.Ask($"publish {publishers} {orders}", TimeLimit))!;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class TemporaryFiles : IDisposable
    {
        public string Directory { get; } = TestApplication.NewDirectory();

        public BusFiles Bus => new(Directory);

        public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
    }
}
