using ModularShop.Benchmarks;
using ModularShop.Benchmarks.Bulkheads;

IReadOnlyList<IBenchmark> benchmarks = [new BulkheadBenchmark()];

var chosen = args is ["all"] ? benchmarks : [.. benchmarks.Where(benchmark => args is [var name] && benchmark.Name == name)];
if (chosen.Count == 0)
{
    await Console.Error.WriteLineAsync("Name one of these, or all:");
    foreach (var benchmark in benchmarks)
    {
        await Console.Error.WriteLineAsync($"  {benchmark.Name, -12} {benchmark.Summary}");
    }
    return 2;
}
foreach (var benchmark in chosen)
{
    var section = await benchmark.Run();
    Console.WriteLine(section);
    ResultsFile.Replace(benchmark.Name, section);
}
Console.WriteLine($"Written to {ResultsFile.Path}");
return 0;
