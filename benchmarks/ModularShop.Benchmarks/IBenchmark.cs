namespace ModularShop.Benchmarks;

/// <summary>A measurement that is selected by its name.</summary>
internal interface IBenchmark
{
    string Name { get; }

    /// <summary>One line for people.</summary>
    string Summary { get; }

    /// <summary>Measures, with progress on the console, and returns its section of the results in Markdown.</summary>
    /// <param name="rounds">How often each contender is measured, in alternation; the results are medians.</param>
    Task<string> Run(int rounds);
}
