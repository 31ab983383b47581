namespace ModularShop.Benchmarks.Bus;

/// <summary>Each reaction waits for it first. While it is closed, events stay undelivered.</summary>
internal sealed class Gate(bool closed)
{
    public Task Pass(CancellationToken ct) => closed ? Task.Delay(Timeout.InfiniteTimeSpan, ct) : Task.CompletedTask;
}
