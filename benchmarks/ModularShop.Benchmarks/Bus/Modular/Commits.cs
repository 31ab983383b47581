using ModularShop.Kernel.Diagnostics;

namespace ModularShop.Benchmarks.Bus.Modular;

/// <summary>Reports commits to the watch, by position. Only a module's own writer calls the methods for that module.</summary>
internal sealed class Commits(string publisher, Watch watch)
{
    private readonly List<long> applying = [];
    private long appended;
    private long last;

    public void Reach(string module, FaultPoint point)
    {
        if (module == publisher && point is FaultPoint.AfterAppend)
        {
            appended++;
        }
        else if (module == publisher && point is FaultPoint.AfterCommit)
        {
            for (; appended > 0; appended--)
            {
                watch.Committed(++last);
            }
        }
        else if (point is FaultPoint.AfterCommit)
        {
            applying.ForEach(watch.Applied);
            applying.Clear();
        }
    }

    public void Applying(long position) => applying.Add(position);
}
