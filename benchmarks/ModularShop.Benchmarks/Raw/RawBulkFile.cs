namespace ModularShop.Benchmarks.Raw;

/// <summary>A file that much is written to, many units a transaction, by one thread.</summary>
internal sealed class RawBulkFile : RawFile
{
    private readonly int unitsPerCommit;
    private int units;

    /// <param name="path">A file that has its tables.</param>
    /// <param name="unitsPerCommit">Orders or events in a transaction.</param>
    public RawBulkFile(string path, int unitsPerCommit = 4096)
        : base(path)
    {
        this.unitsPerCommit = unitsPerCommit;
        Begin();
    }

    /// <summary>Ends a unit; some of them end the transaction.</summary>
    public void EndUnit(Action? beforeCommit = null)
    {
        if (++units % unitsPerCommit == 0)
        {
            beforeCommit?.Invoke();
            Commit();
            Begin();
        }
    }

    public override void Dispose()
    {
        Commit();
        base.Dispose();
    }
}
