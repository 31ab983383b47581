using ModularShop.Benchmarks.Harness;

namespace ModularShop.Benchmarks.Growth;

/// <summary>The figures of a shop of one size, by name, with all measurements. All are costs: less is better.</summary>
internal sealed class Figures
{
    public const string Wall = ", us";
    public const string Cpu = ", CPU us";
    public const string Memory = "peak MB, ";

    private readonly Dictionary<string, List<double>> values = [];

    /// <summary>The names in the order of their first measurement.</summary>
    public IEnumerable<string> Names => values.Keys;

    /// <summary>The median; NaN when nothing was measured.</summary>
    public double this[string name] => Sample.Median(values.GetValueOrDefault(name) ?? []);

    public IReadOnlyList<double> All(string name) => values[name];

    public void Add(string name, double value)
    {
        if (!values.TryGetValue(name, out var all))
        {
            values[name] = all = [];
        }
        all.Add(value);
    }

    public void Took(string what, TimeSpan time, long count) => Add(what + Wall, time.TotalMicroseconds / count);

    public void Used(string what, ResourceUse use, long count) => Add(what + Cpu, use.Cpu.TotalMicroseconds / count);

    public void Peak(string when, ResourceUse use) => Add(Memory + when, use.PeakMemory / 1e6);
}
