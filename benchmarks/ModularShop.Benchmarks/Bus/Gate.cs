namespace ModularShop.Benchmarks.Bus;

/// <summary>What a reaction passes first. A closed one lets nothing through, so that events stay undelivered.</summary>
internal sealed class Gate(bool closed)
{
    public Task Pass(CancellationToken ct) => closed ? Task.Delay(Timeout.InfiniteTimeSpan, ct) : Task.CompletedTask;
}
