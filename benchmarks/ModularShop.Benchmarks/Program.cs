using System.CommandLine;
using ModularShop.Benchmarks;
using ModularShop.Benchmarks.Bulkheads;
using ModularShop.Benchmarks.Bus;
using ModularShop.Benchmarks.Growth;
using ModularShop.Benchmarks.Harness;
using ModularShop.Benchmarks.Import;
using ModularShop.Benchmarks.Orders;
using ModularShop.Benchmarks.Questions;
using ModularShop.Benchmarks.Start;
using ModularShop.Benchmarks.Topologies;
using ModularShop.Host;

if (args is [Contender.Verb, var role, .. var arguments])
{
    NativeHeaps.Bound(1); // As the host does.
    await Roles.Play(role, arguments);
    return 0;
}

IReadOnlyList<IBenchmark> benchmarks =
[
    new BusBenchmark(),
    new OrdersBenchmark(),
    new QuestionsBenchmark(),
    new ImportBenchmark(),
    new GrowthBenchmark(),
    new StartBenchmark(),
    new BulkheadBenchmark(),
    new TopologiesBenchmark(),
];

var names = new Argument<string[]>("NAME")
{
    Description = "What to measure, or all:\n" + string.Join('\n', benchmarks.Select(b => $"{b.Name, -12} {b.Summary}")),
    Arity = ArgumentArity.OneOrMore,
};
names.AcceptOnlyFromAmong([.. benchmarks.Select(benchmark => benchmark.Name), "all"]);
var rounds = new Option<int>("--rounds")
{
    Description = $"How often each contender is measured. With fewer than {ResultsFile.LeastRounds} nothing is written down.",
    DefaultValueFactory = _ => 5,
};
var command = new RootCommand("Measures the shop against its peers, and writes the results to docs/benchmarks.md.") { names, rounds };
command.SetAction(
    async (parse, _) =>
    {
        var chosen = parse.GetRequiredValue(names);
        var times = Math.Max(1, parse.GetValue(rounds));
        foreach (var benchmark in benchmarks.Where(benchmark => chosen.Contains("all") || chosen.Contains(benchmark.Name)))
        {
            Console.WriteLine($"{benchmark.Name}: {benchmark.Summary}");
            var section = await benchmark.Run(times);
            Console.WriteLine(section);
            ResultsFile.Replace(benchmark.Name, section, times);
        }
    }
);
return await command.Parse(args).InvokeAsync();
