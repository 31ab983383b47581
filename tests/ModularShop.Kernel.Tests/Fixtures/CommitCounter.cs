using System.Diagnostics.Metrics;

namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>Counts the commits of a module's writer with the kernel's metrics.</summary>
internal sealed class CommitCounter : IDisposable
{
    private readonly MeterListener listener = new();
    private long commits;
    private long units;

    public CommitCounter(string module)
    {
        listener.InstrumentPublished = (instrument, meter) =>
        {
            if (instrument is { Meter.Name: "ModularShop.Kernel", Name: "writer.commit" or "writer.units" })
            {
                meter.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Add(ref commits, 1, tags));
        listener.SetMeasurementEventCallback<long>((_, measured, tags, _) => Add(ref units, measured, tags));
        listener.Start();

        void Add(ref long sum, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.Length == 1 && (string?)tags[0].Value == module)
            {
                Interlocked.Add(ref sum, value);
            }
        }
    }

    public long Commits => Interlocked.Read(ref commits);

    public long Units => Interlocked.Read(ref units);

    public void Dispose() => listener.Dispose();
}
